import { describe, expect, it } from 'vitest'
import {
  cleanTime,
  dayProblem,
  toWeekdays,
  type Week,
  weekHours,
  weekProblems,
  withoutSpan,
  withSpan,
  withTime,
} from './week'
import { kindOf, monthsOf } from './year'

const office: Week = [
  ...Array.from(
    { length: 5 },
    () =>
      [
        ['09:00', '12:00'],
        ['13:30', '18:00'],
      ] as Week[number],
  ),
  [],
  [],
]

describe('the working week', () => {
  it('counts its hours', () => {
    expect(weekHours(office)).toBe(37.5)
    expect(weekHours(withTime(office, 0, 0, 0, 'x'))).toBe(0)
  })
  it('finds what the server would refuse', () => {
    expect(
      dayProblem([
        ['09:00', '12:00'],
        ['12:00', '18:00'],
      ]),
    ).toBeUndefined()
    expect(
      dayProblem([
        ['09:00', '12:30'],
        ['12:00', '18:00'],
      ]),
    ).toBe('overlap')
    expect(
      dayProblem([
        ['13:00', '18:00'],
        ['09:00', '13:30'],
      ]),
    ).toBe('overlap')
    expect(dayProblem([['12:00', '12:00']])).toBe('order')
    expect(dayProblem([['', '12:00']])).toBe('empty')
    expect(weekProblems(office).every((problem) => problem === undefined)).toBe(true)
    expect(weekProblems(Array.from({ length: 7 }, () => []))).toEqual(['no_hours'])
  })
  it('adds a span after the last one, and takes it away again', () => {
    expect(withSpan(office, 0)[0]?.at(-1)).toEqual(['19:00', '22:00'])
    expect(withSpan(office, 6)[6]).toEqual([['09:00', '12:00']])
    expect(withoutSpan(withSpan(office, 6), 6, 0)).toEqual(office)
    const late = withTime(office, 0, 1, 1, '23:50')
    expect(dayProblem(withSpan(late, 0)[0] ?? [])).toBe('overlap')
  })
  it('copies a day to the others without tying them together', () => {
    const short = toWeekdays(withTime(office, 0, 0, 0, '08:30'), 0)
    expect(short.slice(0, 5).every((day) => day[0]?.[0] === '08:30')).toBe(true)
    expect(short[5]).toEqual([])
    expect(withTime(short, 1, 0, 0, '10:00')[0]?.[0]?.[0]).toBe('08:30')
  })
  it('reads times as people type them', () => {
    const typed = {
      '9': '09:00',
      '9:30': '09:30',
      '930': '09:30',
      '0930': '09:30',
      '９：３０': '09:30',
      ' 18:00 ': '18:00',
      '24': '24:00',
    }
    for (const [text, clean] of Object.entries(typed)) expect(cleanTime(text), text).toBe(clean)
    for (const wrong of ['25', '9:75', 'noon', '']) expect(cleanTime(wrong)).toBe(wrong)
  })
})

describe('a year', () => {
  const day = (date: string, working: boolean, name?: string) => ({ date, working, name, provisional: false })
  it('knows holidays from weekends, and make-up days', () => {
    expect(kindOf(day('2026-10-01', false, '国庆节'))).toBe('off')
    expect(kindOf(day('2026-09-20', true, '国庆节'))).toBe('makeup')
    expect(kindOf(day('2026-11-21', false))).toBe('rest')
    expect(kindOf(day('2026-11-20', true))).toBe('work')
    expect(kindOf(day('2026-12-31', false))).toBe('off')
  })
  it('puts every day under its weekday', () => {
    const days = Array.from({ length: 59 }, (_, at) =>
      day(new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10), true),
    )
    const [january, february] = monthsOf(days)
    expect(january?.weeks[0]?.map((one) => one?.date.slice(8))).toEqual([
      undefined,
      undefined,
      undefined,
      '01',
      '02',
      '03',
      '04',
    ])
    expect(february?.weeks[0]?.[6]?.date).toBe('2026-02-01')
    expect(february?.weeks.flat().filter(Boolean)).toHaveLength(28)
  })
})
