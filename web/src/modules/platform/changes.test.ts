import { describe, expect, it } from 'vitest'
import { changeWords } from './changes'
import './words'

describe('what an audit entry changed', () => {
  it('is said in one line, old and new', () => {
    expect(changeWords({ name: ['华东区', '华东大区'], active: [true, false] })).toBe(
      '名称: 华东区 → 华东大区；在用: 是 → 否',
    )
    expect(changeWords({ year: 2027 })).toBe('年份: 2027')
    expect(changeWords({})).toBe('')
  })
  it('shortens what nobody reads', () => {
    expect(changeWords({ parent_id: ['01a20077-1ef4-7406-b5db-29ec90159162', null] })).toBe('上级部门: #159162 → –')
    expect(changeWords({ working_week: [[[['09:00', '12:00']]], []] })).toBe('工作时间: … → –')
    expect(changeWords({ x: 'a'.repeat(80) })).toHaveLength(63)
  })
})
