import { describe, expect, it } from 'vitest'
import type { Item, Today } from './queries'
import { hasHistory, isEmpty, rowsByCustomer, slippedDays, weekOf } from './today'

const item = (duty_id: string, customer: string | undefined, change: Partial<Item> = {}): Item => ({
  duty_id,
  clause: 'R3-2.1',
  rule: 'vip-contact',
  what: { key: 'duty.quota', params: {} },
  customer: customer ? { id: customer, name: customer, grade: 'vip' } : null,
  owner: { id: 'u1', name: '李思远' },
  stand_in: false,
  slipped: false,
  state: 'open',
  version: 1,
  ...change,
})

const today = (groups: Partial<Today['groups']>, counts: Partial<Today['counts']> = {}): Today => ({
  date: '2026-11-25',
  working: true,
  counts: { open: 0, done: 0, overdue: 0, trend: [null, null], ...counts },
  groups: { overdue: [], today: [], week: [], ...groups },
  stands_in_for: [],
})

describe('by customer', () => {
  it('gathers the duties of each, the most urgent customer first', () => {
    const page = today({
      overdue: [item('1', 'b')],
      today: [item('2', 'a'), item('3', 'b')],
      week: [item('4', undefined)],
    })
    expect(rowsByCustomer(page).map((row) => [row.id, row.items.map((one) => one.duty_id)])).toEqual([
      ['b', ['1', '3']],
      ['a', ['2']],
      ['4', ['4']],
    ])
  })
})

describe('the week', () => {
  it('is what is left of it, in the days of the company', () => {
    const days = weekOf(today({}))
    expect(days.map((day) => day.date)).toEqual(['2026-11-25', '2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29'])
  })
  it('puts what is overdue on today, and a midnight deadline on the day it ends', () => {
    const page = today({
      overdue: [item('late', 'a', { due_at: '2026-11-20T16:00:00Z' })],
      week: [
        item('midnight', 'b', { due_at: '2026-11-27T16:00:00Z' }),
        item('proposed', 'c', { due_at: '2026-11-30T16:00:00Z', act_at: '2026-11-26T01:00:00Z' }),
        item('held', 'd', { due_at: null }),
      ],
    })
    const found = Object.fromEntries(weekOf(page).map((day) => [day.date, day.items.map((one) => one.duty_id)]))
    expect(found).toMatchObject({
      '2026-11-25': ['late', 'held'],
      '2026-11-26': ['proposed'],
      '2026-11-27': ['midnight'],
    })
  })
})

it('tells an empty day from a house without a policy', () => {
  expect(isEmpty(today({}))).toBe(true)
  expect(isEmpty(today({ week: [item('1', 'a')] }))).toBe(false)
  expect(hasHistory(today({}))).toBe(false)
  expect(hasHistory(today({}, { trend: [null, 80] }))).toBe(true)
  expect(hasHistory(today({}, { done: 1 }))).toBe(true)
})

describe('a proposed day that has passed', () => {
  it('is counted in days of the company', () => {
    // 23:30 on the 22nd in Shanghai.
    const act_at = '2026-11-22T15:30:00Z'
    expect(slippedDays(item('1', 'a', { slipped: true, act_at }), '2026-11-25')).toBe(3)
    expect(slippedDays(item('2', 'a', { slipped: false, act_at }), '2026-11-25')).toBe(0)
  })
})
