import { describe, expect, it } from 'vitest'
import { answersOf, changedSince, verifiable } from './verification'

describe('a verification', () => {
  it('asks for key facts first, and never for what one may not see', () => {
    const fields = verifiable({ kind: 'person', key_facts: ['core_need'] }, (field) => field !== 'phone')
    expect(fields[0]).toBe('core_need')
    expect(fields).not.toContain('phone')
    expect(fields).not.toContain('credit_code')
  })
  it('leaves out what was not asked, and names changes without content', () => {
    const { items, missing } = answersOf({
      name: { result: 'confirmed' },
      phone: { result: 'changed', value: ' ' },
      address: { result: 'changed', value: ' 星湖街 328 号 ' },
      email: undefined,
      wechat: { result: 'unreachable', value: 'typed before' },
    })
    expect(missing).toEqual(['phone'])
    expect(items).toContainEqual({ field: 'address', result: 'changed', value: '星湖街 328 号' })
    expect(items).toContainEqual({ field: 'wechat', result: 'unreachable' })
    expect(items.map((item) => item.field)).not.toContain('email')
  })
  it('sends fen for the yuan that people say', () => {
    const changed = (value: string) => answersOf({ annual_revenue_fen: { result: 'changed', value } }).items[0]?.value
    expect(changed('1,200.5')).toBe('120050')
    expect(changed('三亿')).toBe('三亿')
  })
  it('knows what changed after the last one', () => {
    const change = (at: string, fields: string[], action = 'update') => ({
      at,
      data: { entity: 'customer', action, fields },
    })
    const entries = [
      change('2026-11-20T02:00:00Z', ['address', 'region']),
      change('2026-11-19T02:00:00Z', ['grade'], 'grade'),
      change('2026-08-01T02:00:00Z', ['website']),
    ]
    expect([...changedSince(entries, '2026-09-30')]).toEqual(['address', 'region'])
    expect([...changedSince(entries, null)]).toEqual(['address', 'region', 'website'])
  })
})
