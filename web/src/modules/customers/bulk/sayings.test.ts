import { describe, expect, it } from 'vitest'
import type { CustomField } from '@/api'
import '../messages'
import { actWords, beforeWords, reasonWords } from './sayings'

const field = { key: 'x1', zh: '分类', en: 'class', kind: 'choice', choices: [{ id: 2, zh: '代理', en: '' }] }
const added = [field] as unknown as CustomField[]

describe('a change of many customers in words', () => {
  it('says what is done', () => {
    expect(actWords({ act: 'owner', owner_id: 'u', reason: '离职' }, '孙丽', added)).toBe('移交给孙丽')
    expect(actWords({ act: 'tags', add: ['展会'], remove: ['旧'] }, undefined, added)).toBe('标签：+展会 −旧')
    expect(actWords({ act: 'grade', grade: 'key', reason: '复核' }, undefined, added)).toBe('级别改为重点')
    expect(actWords({ act: 'edit', fields: { industry: 'C', custom: { x1: 2 } } }, undefined, added)).toBe(
      '修改行业、分类',
    )
    expect(actWords({ act: 'remove' }, undefined, added)).toBe('移入回收站')
  })

  it('says what stands there now', () => {
    expect(beforeWords({ grade: 'ordinary' }, added)).toBe('普通')
    expect(beforeWords({ owner: '李雷', department: '上海组' }, added)).toBe('李雷 · 上海组')
    expect(beforeWords({ tags: [] }, added)).toBe('空')
    expect(beforeWords({ notes: null, custom: { x1: 2 } }, added)).toBe('空 · 代理')
    expect(beforeWords({ removed_at: null }, added)).toBe('')
  })

  it('says why not, as for one customer', () => {
    expect(reasonWords('forbidden')).toBe('没有权限')
    expect(reasonWords('user.inactive')).toBe('这位同事已停用')
    expect(reasonWords('a.code.of.tomorrow')).toBe('a.code.of.tomorrow')
  })
})
