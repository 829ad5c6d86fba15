import { describe, expect, it } from 'vitest'
import { can, type Me } from '@/api/session'
import { loadMatcher, plainMatch } from './matcher'
import { allowed } from './permissions'
import { safeNext } from './session'

const me = { permissions: { customer: { read: 'own', create: 'none' } } } as unknown as Me

describe('permissions', () => {
  it('need a scope wider than none', () => {
    expect(can(me, 'customer', 'read')).toBe(true)
    expect(can(me, 'customer', 'create')).toBe(false)
    expect(can(me, 'policy', 'read')).toBe(false)
    expect(can(undefined, 'customer', 'read')).toBe(false)
  })
  it('leave only what may be used', () => {
    const items = [
      { id: 1 },
      { id: 2, permission: ['customer', 'read'] as const },
      { id: 3, permission: ['customer', 'create'] as const },
    ]
    expect(allowed(items as never[], me).map((item: { id: number }) => item.id)).toEqual([1, 2])
  })
})

describe('the address after login', () => {
  it('is always inside the console', () => {
    expect(safeNext('/customers?open=1')).toBe('/customers?open=1')
    expect(safeNext('//evil.example')).toBe('/')
    expect(safeNext('https://evil.example')).toBe('/')
    expect(safeNext('/\\evil.example')).toBe('/')
    expect(safeNext(undefined)).toBe('/')
  })
})

describe('the palette', () => {
  it('matches Chinese, full pinyin and initials', async () => {
    const match = await loadMatcher()
    expect(match('新建客户', '客户')).toBe(true)
    expect(match('新建客户', 'kehu')).toBe(true)
    expect(match('新建客户', 'xjkh')).toBe(true)
    expect(match('新建客户', 'zzz')).toBe(false)
    expect(plainMatch('New customer', 'CUST')).toBe(true)
  })
})
