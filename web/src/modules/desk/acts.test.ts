import { expect, it } from 'vitest'
import { type ActValues, asks, buildAct, faultsOf, initialOf, offered, type Saying } from './acts'
import type { Case } from './queries'

const one = {
  id: 'c',
  number: 'TS-2026-000001',
  state: 'classified',
  kind: 'problem',
  level: 2,
  channel: 'phone',
  department: { id: 'd', name: '客服部' },
  suggestion: null,
  members: [],
  may_update: true,
  may_assign: true,
  may_withdraw: false,
  possible: ['classified', 'assigned', 'taken_up', 'answered', 'called', 'acknowledged', 'withdrawn', 'linked'],
} as unknown as Case

const filled = (step: Saying, more: Partial<ActValues> = {}): ActValues => ({
  ...initialOf(one, step, ''),
  content: ' 在查 ',
  ...more,
})

it('offers what is possible, allowed and sensible, in the order of the work', () => {
  expect(offered(one, 'me')).toEqual(['classified', 'taken_up', 'answered', 'assigned', 'linked'])
  expect(offered({ ...one, level: 1 }, 'me')).toContain('called')
  expect(offered({ ...one, may_withdraw: true }, 'me')).toContain('withdrawn')
  expect(offered({ ...one, may_update: false }, 'me')).toEqual([])
  const called = { person: { id: 'me' }, acknowledged_at: null, joined_at: null }
  expect(offered({ ...one, members: [called] } as unknown as Case, 'me')).toContain('acknowledged')
})

it('sends every step as the server takes it', () => {
  for (const step of Object.keys(asks) as Saying[]) expect(buildAct(step, filled(step)).act).toBeTruthy()
  expect(buildAct('answered', filled('answered'))).toEqual({
    act: 'answer',
    content: '在查',
    at: undefined,
    channel: 'phone',
  })
  expect(buildAct('followed_up', filled('followed_up', { outcome: 'dissatisfied' }))).toMatchObject({ close: false })
  expect(buildAct('followed_up', filled('followed_up'))).toMatchObject({ act: 'follow_up', close: true })
})

it('asks why when the level is changed after somebody had set it', () => {
  expect(faultsOf(one, 'classified', filled('classified'))).toEqual({})
  expect(Object.keys(faultsOf(one, 'classified', filled('classified', { level: '1' })))).toEqual(['reason'])
  const fresh = { ...one, state: 'received' } as Case
  expect(faultsOf(fresh, 'classified', filled('classified', { level: '1' }))).toEqual({})
  expect(Object.keys(faultsOf(one, 'answered', filled('answered', { content: ' ' })))).toEqual(['content'])
  expect(Object.keys(faultsOf(one, 'assigned', filled('assigned')))).toEqual(['assignee_id'])
})

it('starts from what the words of the customer propose', () => {
  const seen = { kind: 'complaint', level: 1, words: ['停机'] }
  const fresh = { ...one, suggestion: seen } as unknown as Case
  expect(initialOf(fresh, 'classified', '')).toMatchObject({ kind: 'complaint', level: '1' })
})
