import { expect, it } from 'vitest'
import { setLocale } from '@/i18n'
import { leftText, marginText, spanText, urgencyOf } from './clock'

it('says spans in hours and minutes, never none', () => {
  setLocale('zh')
  expect([20, 600, 3_600, 12_060, 172_800].map(spanText)).toEqual([
    '1 分钟',
    '10 分钟',
    '1 小时',
    '3 小时 21 分',
    '48 小时',
  ])
})

it('says how the clock counts', () => {
  setLocale('zh')
  expect(leftText({ left_seconds: 7_200, working: true })).toBe('剩 2 小时（工作时间）')
  expect(leftText({ left_seconds: -600, working: false })).toBe('已超 10 分钟')
  expect(leftText({ left_seconds: null, working: true })).toBe('已暂停')
  expect(marginText(-5_400, true)).toBe('超出 1 小时 30 分（工作时间）')
  setLocale('en')
  expect(leftText({ left_seconds: 7_200, working: true })).toBe('2 h left (working time)')
  setLocale('zh')
})

it('presses in the last two hours', () => {
  expect([null, -1, 600, 8_000].map(urgencyOf)).toEqual(['dim', 'late', 'soon', 'dim'])
})
