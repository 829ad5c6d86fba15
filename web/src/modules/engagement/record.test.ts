import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setServerNow } from '@/i18n'
import './messages'
import type { Item } from './queries'
import { blank, bodyOf, entryOf, guessContact, kindInText, nextDay, startOfDuty, startOfKept } from './record'

const NOW = '2026-11-23T01:30:40Z'
beforeEach(() => setServerNow(NOW))
afterEach(() => setServerNow(new Date().toISOString()))

const item: Item = {
  duty_id: 'd1',
  clause: 'R3-2.1',
  rule: 'vip-contact',
  what: { key: 'duty.quota', params: { need: [{ what: 'visit', have: 0, need: 1 }] } },
  customer: { id: 'c1', name: '华盛机械', grade: 'vip' },
  subject_id: 'c1',
  subject_kind: 'customer',
  owner: { id: 'u1', name: '李思远' },
  stand_in: false,
  slipped: false,
  state: 'open',
  version: 1,
}

describe('a record from a duty', () => {
  it('knows the customer, the duty, the way and the minute', () => {
    const start = startOfDuty(item)
    expect(start).toMatchObject({ key: 'd1', dutyId: 'd1', customer: { id: 'c1', name: '华盛机械' } })
    expect(start.draft).toMatchObject({ customer: 'c1', kind: 'visit', at: '2026-11-23T01:30:00.000Z' })
  })
})

describe('a record of what was begun', () => {
  it('has its way and its instant, not those of now', () => {
    const begun = { kind: 'visit' as const, at: '2026-11-22T04:00:00Z' }
    const start = startOfDuty({ ...item, rule: 'contact-record', begun })
    expect(start.draft).toMatchObject({ kind: 'visit', at: '2026-11-22T04:00:00Z' })
  })
})

describe('whom one spoke with', () => {
  const person = (id: string, marks: Partial<{ primary: boolean; decision_maker: boolean; left: boolean }> = {}) => ({
    id,
    primary: false,
    decision_maker: false,
    left: false,
    ...marks,
  })
  it('is the first contact, else who decides, else the only one', () => {
    expect(guessContact([person('a'), person('b', { decision_maker: true }), person('c', { primary: true })])).toBe('c')
    expect(guessContact([person('a'), person('b', { decision_maker: true })])).toBe('b')
    expect(guessContact([person('a')])).toBe('a')
    expect(guessContact([person('a'), person('b')])).toBeNull()
  })
  it('is never somebody who has left', () => {
    expect(guessContact([person('a', { primary: true, left: true }), person('b')])).toBe('b')
  })
})

describe('the way in the first words', () => {
  it.each([
    ['微信聊了新品', 'wechat'],
    ['拜访陈总，谈备件', 'visit'],
    ['Phone call about spares', 'phone'],
    ['e-mail: offer sent', 'email'],
    ['客户很满意，下周再发微信过去确认一下价格', undefined],
    ['', undefined],
  ])('%s', (text, kind) => expect(kindInText(text)).toBe(kind))
})

describe('times', () => {
  it('nine in the morning of the company, so many days on', () => {
    expect(nextDay('tomorrow')).toBe('2026-11-24T01:00:00.000Z')
    expect(nextDay('week')).toBe('2026-11-30T01:00:00.000Z')
  })
})

describe('what is sent', () => {
  const draft = { ...blank('c1'), content: ' 等预算 ', next_plan: ' ', priority: 'high' as const }
  it('leaves out what is empty; a priority needs a plan', () => {
    const body = bodyOf(draft, 'd1')
    expect(body).toMatchObject({ content: '等预算', duty_id: 'd1', kind: 'phone' })
    expect(body.next_plan).toBeUndefined()
    expect(body.priority).toBeUndefined()
    expect(bodyOf({ ...draft, next_plan: '发报价' }).priority).toBe('high')
  })
  it('comes back from the outbox as it was typed', () => {
    const entry = entryOf(
      { ...draft, kind: 'visit', next_plan: '发报价', next_at: nextDay('tomorrow') },
      { key: 'k1', userId: 'u1', customerName: '华盛机械', dutyId: 'd1' },
    )
    expect(entry).toMatchObject({ id: 'k1', path: '/api/v1/customers/c1/interactions', label: '华盛机械 · 拜访' })
    const start = startOfKept(entry)
    expect(start).toMatchObject({ customer: { id: 'c1', name: '华盛机械' }, dutyId: 'd1' })
    expect(start.draft).toMatchObject({ kind: 'visit', content: '等预算', next_plan: '发报价', priority: 'high' })
  })
})
