import { expect, it } from 'vitest'
import { eachDay, spanOf } from './span'

it('knows the months of a manager, also across the year', () => {
  expect(spanOf('month', '2026-11-23')).toEqual({ from: '2026-11-01', to: '2026-11-30' })
  expect(spanOf('last', '2026-03-05')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(spanOf('last', '2026-01-31')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  expect(spanOf('quarter', '2026-01-15')).toEqual({ from: '2025-11-01', to: '2026-01-31' })
})

it('fills the days on which nothing was late', () => {
  const days = eachDay('2026-02-27', '2026-03-01', [{ date: '2026-02-28', late: 2 }], (date) => ({ date, late: 0 }))
  expect(days).toEqual([
    { date: '2026-02-27', late: 0 },
    { date: '2026-02-28', late: 2 },
    { date: '2026-03-01', late: 0 },
  ])
})
