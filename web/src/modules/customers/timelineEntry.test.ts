import { expect, it } from 'vitest'
import { changeLines, entryOf, occurrenceWords } from './timelineEntry'
import './words'

it('tells a change from what to what, and only names what one may not see', () => {
  const lines = changeLines({
    fields: ['grade', 'phone', 'owner_id', 'tags'],
    changes: {
      grade: { from: 'key', to: 'vip' },
      tags: { from: ['老客户'], to: ['老客户', '出口'] },
      owner_id: { from: null, to: '01a20062-c302-74e3-9d5c-22f2110747d2' },
    },
  })
  expect(lines).toContain('标签：老客户 → 老客户、出口')
  expect(lines.at(-1)).toBe('涉及：电话')
  expect(lines.join()).not.toContain('01a20062')
})

it('titles each kind in words', () => {
  const entry = (kind: string, title_key: string, data: Record<string, unknown>) =>
    entryOf({ id: '1', at: '2026-11-23T01:00:00Z', kind, title_key, data }).title
  expect(entry('verification', 'timeline.verification', { confirmed: 3, changed: 1 })).toBe(
    '核对信息：无误 3，有变 1，问不到 0',
  )
  expect(entry('major_event', 'timeline.major_event.financing', { kind: 'financing' })).toBe('融资')
  expect(entry('change', 'timeline.change.customer.grade', {})).toBe('调整级别')
  const deal = { kind: 'order', number: 'DD-1', state: 'delivered', amount_fen: 1_250_000 }
  expect(entry('cooperation', 'timeline.cooperation.order', deal)).toMatch(/^订单 DD-1 · 已交付 · ¥/)
  expect(entry('cooperation', 'timeline.cooperation.order', { ...deal, amount_fen: null })).toBe('订单 DD-1 · 已交付')
  expect(entry('duty', 'timeline.duty.late', { name: { zh: '每季度核对客户档案' } })).toBe(
    '每季度核对客户档案 · 逾期办结',
  )
})

it('says the period of a duty as people do', () => {
  const year = new Date().getFullYear()
  expect(occurrenceWords(`${year}-10`)).toBe('10 月')
  expect(occurrenceWords('2019-Q4')).toBe('2019 年第 4 季度')
  expect(occurrenceWords('2019-H2')).toBe('2019 年下半年')
  expect(occurrenceWords('20261101')).toBe('')
})
