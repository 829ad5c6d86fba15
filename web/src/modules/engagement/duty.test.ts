import { describe, expect, it } from 'vitest'
import { setLocale } from '@/i18n'
import './messages'
import { actOf, clausePath, dutyText, guessKind, missing, progressText } from './duty'
import type { Item } from './queries'

const need = (...lines: [string, number, number][]) => ({
  key: 'duty.quota',
  params: {
    name: { zh: 'VIP 客户每月联系', en: 'Monthly contact with VIP customers' },
    need: lines.map(([what, have, n]) => ({ what, have, need: n })),
  },
})
const item = (rule: string, what: Item['what'], last?: Item['last']) => ({ rule, what, last })

describe('the words of a duty', () => {
  it('are those of the rule, in the language of the reader', () => {
    const duty = item('vip-contact', need())
    expect(dutyText(duty)).toBe('VIP 客户每月联系')
    setLocale('en')
    expect(dutyText(duty)).toBe('Monthly contact with VIP customers')
    expect(dutyText(item('own-rule', { key: 'x', params: {} }))).toBe('own-rule')
  })
  it('name only what a quota still lacks', () => {
    const duty = item('vip-contact', need(['contact', 2, 2], ['visit', 0, 1]))
    expect(progressText(duty)).toBe('拜访 0/1')
    expect(missing(duty).map((line) => line.what)).toEqual(['visit'])
  })
  it('survive parameters they do not know', () => {
    expect(missing(item('x', { key: 'x', params: { need: [null, 3, { what: 1 }, { what: 'visit' }] } }))).toEqual([])
  })
})

describe('guessing the way of the next contact', () => {
  const last = (kind: 'wechat' | 'visit') => ({ at: '2026-11-20T01:00:00Z', kind, text: '' })
  it('takes what the rule still lacks', () => {
    expect(guessKind(item('vip-contact', need(['contact', 1, 2], ['visit', 0, 1])))).toBe('visit')
    expect(guessKind(item('key-contact', need(['contact', 1, 1], ['activity', 0, 1])))).toBe('activity')
    expect(guessKind(item('festival-greeting', need()))).toBe('greeting')
  })
  it('else as the last time, when that was from afar', () => {
    const duty = need(['contact', 0, 1])
    expect(guessKind(item('ordinary-contact', duty, last('wechat')))).toBe('wechat')
    expect(guessKind(item('ordinary-contact', duty, last('visit')))).toBe('phone')
    expect(guessKind(item('ordinary-contact', duty))).toBe('phone')
  })
})

it('knows which act fulfils a duty, and where its clause is read', () => {
  expect(actOf({ rule: 'archive-verification', subject_kind: 'customer' })).toBe('verify')
  expect(actOf({ rule: 'major-event-record', subject_kind: 'customer' })).toBe('event')
  expect(actOf({ rule: 'vip-contact', subject_kind: 'customer' })).toBe('record')
  expect(actOf({ rule: 'first-answer', subject_kind: 'case' })).toBe('case')
  expect(clausePath('R3-2.1')).toBe('/policy/R3#R3-2.1')
})
