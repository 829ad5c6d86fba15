import { describe, expect, it } from 'vitest'
import type { Item, Today } from './queries'
import { folded, isEmpty, nextDays, proposalOf, restOf, rowsByCustomer } from './today'

const item = (duty_id: string, customer: string | undefined, change: Partial<Item> = {}): Item => ({
  duty_id,
  clause: 'R3-2.1',
  rule: 'vip-contact',
  what: { key: 'duty.quota', params: {} },
  customer: customer ? { id: customer, name: customer, grade: 'vip' } : null,
  subject_id: customer ?? 'x',
  subject_kind: 'customer',
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
  counts: { open: 0, done: 0, overdue: 0, slipped: 0, trend: [null, null], ...counts },
  groups: { overdue: [], slipped: [], today: [], week: [], ...groups },
  stands_in_for: [],
  approvals: [],
  in_force: true,
  sample_running: false,
})

describe('by customer', () => {
  it('gathers the duties of each, the most urgent customer first', () => {
    const page = today({
      today: [item('2', 'a'), item('3', 'b')],
      slipped: [item('5', 'c', { slipped: true }), item('6', 'b', { slipped: true })],
      overdue: [item('1', 'b')],
      week: [item('4', undefined)],
    })
    expect(rowsByCustomer(page).map((row) => [row.id, row.items.map((one) => one.duty_id)])).toEqual([
      ['b', ['1', '6', '3']],
      ['c', ['5']],
      ['a', ['2']],
      ['4', ['4']],
    ])
  })
})

describe('what is past its proposed day', () => {
  const many = (n: number) => Array.from({ length: n }, (_, at) => item(String(at), 'a', { slipped: true }))
  it('gives way to the day itself when there is much of it', () => {
    expect(folded(today({ slipped: many(22) }), 'slipped').map((one) => one.duty_id)).toEqual(['0', '1', '2', '3', '4'])
    expect(folded(today({ slipped: many(7) }), 'slipped')).toHaveLength(7)
  })
  it('is all that is folded: what is overdue is seen whole', () => {
    expect(folded(today({ overdue: many(22) }), 'overdue')).toHaveLength(22)
  })
})

describe('the next days', () => {
  it('are seven from today on, in the days of the company', () => {
    const days = nextDays(today({})).map((day) => day.date)
    expect(days).toHaveLength(7)
    expect([days[0], days[6]]).toEqual(['2026-11-25', '2026-12-01'])
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
    const found = Object.fromEntries(nextDays(page).map((day) => [day.date, day.items.map((one) => one.duty_id)]))
    expect(found).toMatchObject({
      '2026-11-25': ['late', 'held'],
      '2026-11-26': ['proposed'],
      '2026-11-27': ['midnight'],
    })
  })
})

it('knows an empty day', () => {
  expect(isEmpty(today({}))).toBe(true)
  expect(isEmpty(today({ slipped: [item('1', 'a')] }))).toBe(false)
  expect(isEmpty(today({ week: [item('1', 'a')] }))).toBe(false)
})

it('numbers add up: overdue, past the proposed day, proposed for today, and the rest', () => {
  const groups = { overdue: [item('1', 'a')], today: [item('2', 'b'), item('3', 'c', { stand_in: true })] }
  expect(restOf(today(groups, { open: 20, overdue: 4, slipped: 3 }))).toEqual({ proposed: 1, rest: 12 })
  expect(restOf(today({}, { open: 0 }))).toEqual({ proposed: 0, rest: 0 })
})

describe('why a row is here today', () => {
  const at = Date.parse('2026-11-22T01:00:00Z')
  const why = (due_at: string | null, act_at: string | null, slipped = false) =>
    proposalOf({ due_at, act_at, slipped }, at)?.days
  it('is the day that was proposed, in days of the company', () => {
    expect(why('2026-12-31T16:00:00Z', '2026-10-09T01:00:00Z', true)).toBe(44)
    expect(why('2026-12-31T16:00:00Z', '2026-11-21T15:59:00Z', true)).toBe(1)
    expect(why('2026-12-31T16:00:00Z', '2026-11-22T15:59:00Z')).toBe(0)
  })
  it('is not said of a clock, which has no such day', () => {
    expect(why('2026-12-31T16:00:00Z', '2026-11-21T15:59:00Z')).toBeUndefined()
  })
  it('is nothing where the day is still to come, or the deadline says it better', () => {
    expect(why('2026-12-31T16:00:00Z', '2026-11-22T16:00:00Z')).toBeUndefined()
    expect(why('2026-12-31T16:00:00Z', null)).toBeUndefined()
    expect(why('2026-11-22T16:00:00Z', '2026-11-01T01:00:00Z', true)).toBeUndefined()
  })
})
