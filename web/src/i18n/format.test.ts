import { describe, expect, it } from 'vitest'
import {
  ago,
  civilDate,
  count,
  date,
  dateTime,
  daysSince,
  dueText,
  list,
  money,
  now,
  percent,
  remaining,
  setLocale,
  setServerNow,
  setZone,
  weekStart,
} from '.'

describe('several words', () => {
  it('stand in one line as each language joins them', () => {
    expect(list(['甲', '乙', '丙'])).toBe('甲、乙、丙')
    setLocale('en')
    expect([list([]), list(['A']), list(['A', 'B', 'C']), list(['A', 'B'], 'or')]).toEqual([
      '',
      'A',
      'A, B and C',
      'A or B',
    ])
    setLocale('zh')
  })
})

describe('money', () => {
  it('writes fen as yuan and keeps the cents only when there are any', () => {
    expect(money(123_450)).toBe('¥1,234.50')
    expect(money(100_00)).toBe('¥100')
    expect(money(null)).toBe('–')
  })
  it('shortens to 万 and 亿', () => {
    expect(money(1_234_500_00, true)).toBe('¥123万')
    expect(money(12_345_00, true)).toBe('¥1.23万')
    expect(money(250_000_000_00, true)).toBe('¥2.5亿')
    expect(money(-12_345_00, true)).toBe('-¥1.23万')
  })
  it('rounds up into the next unit instead of writing 10000万', () => {
    expect(money(99_999_950_00, true)).toBe('¥1亿')
  })
  it('shortens in English by thousands', () => {
    setLocale('en')
    expect(money(1_234_500_00, true)).toBe('¥1.23m')
  })
})

describe('numbers', () => {
  it('groups and writes rates', () => {
    expect(count(1_234_567)).toBe('1,234,567')
    expect(percent(0.8634)).toBe('86.3%')
    expect(percent(null)).toBe('–')
  })
})

describe('dates', () => {
  it('never moves a civil date into another zone', () => {
    setZone('America/Los_Angeles')
    expect(date('2026-11-23')).toBe('2026年11月23日')
  })
  it("shows instants on the company's wall, whatever the laptop's zone", () => {
    expect(civilDate(Date.parse('2026-11-22T16:30:00Z'))).toBe('2026-11-23')
    setZone('Europe/Berlin')
    expect(civilDate(Date.parse('2026-11-22T16:30:00Z'))).toBe('2026-11-22')
  })
  it('starts the week on Monday', () => {
    expect(weekStart('2026-11-22')).toBe('2026-11-16')
    expect(weekStart('2026-11-23')).toBe('2026-11-23')
  })
  it('names the year only when it is another', () => {
    setServerNow('2026-11-23T01:30:00Z')
    expect(dateTime('2026-11-22T01:30:00Z')).not.toContain('2026')
    expect(dateTime('2025-11-22T01:30:00Z')).toContain('2025')
  })
})

describe('ago', () => {
  it('counts calendar days of the company, not spans of 24 hours', () => {
    setServerNow('2026-11-22T17:00:00Z') // 01:00 on the 23rd in Shanghai
    expect(ago('2026-11-22T15:00:00Z')).toBe('昨天')
    expect(ago('2026-11-22T16:55:00Z')).toBe('5分钟前')
    expect(ago('2026-11-11')).toBe('12天前')
    expect(ago('2026-01-01')).toBe('2026年1月1日')
    expect(ago(null)).toBe('–')
  })
})

describe('remaining', () => {
  const at = Date.parse('2026-11-23T00:00:00Z')
  it('says how long is left and how late it is', () => {
    expect(remaining('2026-11-23T03:59:00Z', at)).toEqual({ text: '剩 3 小时', urgency: 'soon' })
    expect(remaining('2026-11-21T00:00:00Z', at)).toEqual({ text: '逾期 2 天', urgency: 'late' })
    expect(remaining('2026-11-30T00:00:00Z', at)).toEqual({ text: '剩 7 天', urgency: 'calm' })
  })
  it('never says zero', () => {
    expect(remaining('2026-11-23T00:00:20Z', at).text).toBe('剩 1 分钟')
    expect(remaining('2026-11-22T23:59:50Z', at).text).toBe('逾期 1 分钟')
  })
  it('speaks English', () => {
    setLocale('en')
    expect(remaining('2026-11-21T00:00:00Z', at).text).toBe('2 d overdue')
  })
  it("follows the server's clock", () => {
    setServerNow('2030-01-01T00:00:00Z')
    expect(Math.abs(now() - Date.parse('2030-01-01T00:00:00Z'))).toBeLessThan(2000)
  })
})

describe('a deadline', () => {
  const at = Date.parse('2026-11-22T01:00:00Z')
  it('at midnight is said as the day that it ends', () => {
    setServerNow('2026-11-22T01:00:00Z')
    expect(dueText('2026-11-30T16:00:00Z')).toBe('11/30 当天')
    expect(dueText('2027-12-31T16:00:00Z')).toBe('2027年12月31日 当天')
    expect(dueText('2026-11-30T08:30:00Z')).toBe('11/30 16:30')
    expect(dueText(null)).toBe('–')
    setLocale('en')
    expect(dueText('2026-11-30T16:00:00Z')).toBe('end of 30 Nov')
  })
  it('asks for the act from the instant on that was proposed', () => {
    const due = '2026-12-31T16:00:00Z'
    expect(remaining(due, at, '2026-11-22T01:00:00Z')).toEqual({ text: '该动手了，剩 39 天', urgency: 'soon' })
    expect(remaining(due, at, '2026-11-22T01:00:01Z').urgency).toBe('calm')
    expect(remaining('2026-11-20T16:00:00Z', at, '2026-11-01T01:00:00Z').urgency).toBe('late')
  })
  it('counts days as people do', () => {
    expect(daysSince('2026-11-21T15:59:00Z', at)).toBe(1)
    expect(daysSince('2026-11-21T16:01:00Z', at)).toBe(0)
  })
})
