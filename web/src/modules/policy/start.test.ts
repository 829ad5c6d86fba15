import { describe, expect, it } from 'vitest'
import { nextPeriod } from './start'

describe('the next period', () => {
  it('begins with its first day', () => {
    expect(nextPeriod('week', '2026-11-22')).toBe('2026-11-23')
    expect(nextPeriod('week', '2026-11-23')).toBe('2026-11-30')
    expect(nextPeriod('month', '2026-11-22')).toBe('2026-12-01')
    expect(nextPeriod('quarter', '2026-11-22')).toBe('2027-01-01')
    expect(nextPeriod('quarter', '2026-09-30')).toBe('2026-10-01')
    expect(nextPeriod('half_year', '2026-03-01')).toBe('2026-07-01')
    expect(nextPeriod('year', '2026-12-31')).toBe('2027-01-01')
  })
  it('is tomorrow where there is no common one', () => {
    expect(nextPeriod(undefined, '2026-11-30')).toBe('2026-12-01')
    expect(nextPeriod({ festivals: ['spring_festival'], days_before: 7 }, '2026-12-31')).toBe('2027-01-01')
  })
})
