import { describe, expect, it } from 'vitest'
import { setLocale } from '@/i18n'
import { type Permissions, rightsWords, scopeName, scopesOf, withScope } from './rights'

describe('what a role allows', () => {
  it('is said in sentences, the same reach together', () => {
    const permissions: Permissions = {
      customer: { read: 'subtree', update: 'subtree', export: 'all', delete: 'none' },
      policy: { read: 'all' },
    }
    expect(rightsWords(permissions)).toEqual([
      { entity: 'customer', words: '查看、修改（本部门及下级）；导出（全部）' },
      { entity: 'policy', words: '查看（全部）' },
    ])
    setLocale('en')
    expect(rightsWords(permissions)[0]?.words).toBe('see, change (their department and below); export (all)')
  })
  it('knows chosen departments', () => {
    expect(scopeName({ chosen: ['d1'] })).toBe('chosen')
    expect(scopeName(undefined)).toBe('none')
    expect(rightsWords({ todo: { read: { chosen: ['d1'] } } })[0]?.words).toBe('查看（指定部门）')
  })
  it('keeps only what is granted', () => {
    const some = withScope({}, 'customer', 'read', 'own')
    expect(some).toEqual({ customer: { read: 'own' } })
    expect(withScope(some, 'customer', 'read', 'none')).toEqual({})
  })
  it('offers no reach where records belong to nobody', () => {
    expect(scopesOf('policy')).toEqual(['none', 'all'])
    expect(scopesOf('customer')).toContain('subtree')
  })
})
