import { describe, expect, it } from 'vitest'
import type { Round, RoundDuties } from '../queries'
import { beside, quarterOf } from './quarter'
import { rowsOf, totalOf } from './rows'

describe('quarters', () => {
  it('are known by any of their days', () => {
    expect(quarterOf('2026-11-23')).toEqual({ from: '2026-10-01', to: '2026-12-31', year: 2026, number: 4 })
    expect(quarterOf(undefined, '2024-02-29').to).toBe('2024-03-31')
    expect(quarterOf('nonsense', '2026-05-05').from).toBe('2026-04-01')
  })
  it('follow each other over the year', () => {
    expect(beside(quarterOf('2026-01-01'), -1).from).toBe('2025-10-01')
    expect(beside(quarterOf('2026-12-31'), 1).from).toBe('2027-01-01')
  })
})

const figures = { due: 3, met: 1, late: 0, missed: 1, open: 1, waived: 0, rate: 50 }
const duties = {
  rows: [{ key: 'li', label: { zh: '李雷', en: '李雷' }, ...figures, trend: [] }],
  total: figures,
} as unknown as RoundDuties
const told = { rounds: 1, confirmed: 4, changed: 1, unreachable: 0 }
const round = {
  rows: [
    { person: { id: 'li', name: '李雷' }, department: { id: 'east', name: '华东' }, ...told },
    { person: { id: 'sun', name: '孙丽' }, department: { id: 'east', name: '华东' }, ...told },
  ],
} as Round

describe('the rows of a round', () => {
  it('join what is owed with what was answered', () => {
    const rows = rowsOf(duties, round, 'person', (label) => label.zh)
    expect(rows[0]).toMatchObject({ name: '李雷', due: 3, done: 1, confirmed: 4 })
    expect(rows[1]).toMatchObject({ name: '孙丽', due: 0, rounds: 1 })
    expect(totalOf(rows, duties)).toMatchObject({ due: 3, rounds: 2, confirmed: 8, changed: 2, rate: 50 })
  })
  it('add up by department', () => {
    expect(rowsOf({ ...duties, rows: [] }, round, 'department', (label) => label.zh)).toMatchObject([
      { key: 'east', name: '华东', rounds: 2, confirmed: 8 },
    ])
  })
})
