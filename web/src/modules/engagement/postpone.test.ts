import { describe, expect, it } from 'vitest'
import { postponeDays } from './postpone'

const said = (today: string) => postponeDays(today).map(({ name, date }) => `${name} ${date}`)

describe('the days offered for a reminder', () => {
  it('are tomorrow, the day after, Monday, and the first of the next month', () => {
    expect(said('2026-11-24')).toEqual([
      'tomorrow 2026-11-25',
      'after 2026-11-26',
      'monday 2026-11-30',
      'month_start 2026-12-01',
    ])
  })
  it('name each day once', () => {
    expect(said('2026-11-22')).toEqual(['tomorrow 2026-11-23', 'after 2026-11-24', 'month_start 2026-12-01'])
    expect(said('2026-11-30')).toEqual(['tomorrow 2026-12-01', 'after 2026-12-02', 'monday 2026-12-07'])
    expect(said('2026-12-29')).toContain('month_start 2027-01-01')
  })
})
