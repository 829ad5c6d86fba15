/** The round by owner or department: what is owed, and how the fields were answered. */
import type { Round, RoundDuties } from '../queries'

export type RoundRow = {
  key: string
  name: string
  due: number
  done: number
  late: number
  missed: number
  open: number
  rate: number | null
  rounds: number
  confirmed: number
  changed: number
  unreachable: number
}

type Answers = Pick<RoundRow, 'rounds' | 'confirmed' | 'changed' | 'unreachable'>
const NONE: Answers = { rounds: 0, confirmed: 0, changed: 0, unreachable: 0 }
const NOBODY = '00000000-0000-0000-0000-000000000000'

export type By = 'person' | 'department'

/** Whoever owes and whoever asked stand in one row; somebody who only asked for others has a row too. */
export function rowsOf(
  duties: RoundDuties,
  round: Round,
  by: By,
  say: (label: RoundDuties['rows'][0]['label']) => string,
) {
  const answers = new Map<string, Answers & { name: string }>()
  for (const row of round.rows) {
    const who = by === 'person' ? row.person : row.department
    const key = who?.id ?? NOBODY
    const before = answers.get(key)
    answers.set(key, { ...add(before ?? NONE, row), name: who?.name ?? '' })
  }
  const rows = duties.rows.map((row): RoundRow => {
    const { due, met: done, late, missed, open } = row
    const rate = row.rate ?? null
    const { name: _, ...told } = answers.get(row.key) ?? { ...NONE, name: '' }
    answers.delete(row.key)
    return { key: row.key, name: say(row.label), due, done, late, missed, open, rate, ...told }
  })
  const helpers = [...answers].map(([key, { name, ...told }]) => ({ ...EMPTY, key, name, ...told }))
  return [...rows, ...helpers]
}

const EMPTY: RoundRow = { key: '', name: '', due: 0, done: 0, late: 0, missed: 0, open: 0, rate: null, ...NONE }

export function totalOf(rows: readonly RoundRow[], duties: RoundDuties): RoundRow {
  const { due, met: done, late, missed, open } = duties.total
  const told = rows.reduce<Answers>(add, NONE)
  return { ...EMPTY, due, done, late, missed, open, rate: duties.total.rate ?? null, ...told }
}

function add(a: Answers, b: Answers): Answers {
  return {
    rounds: a.rounds + b.rounds,
    confirmed: a.confirmed + b.confirmed,
    changed: a.changed + b.changed,
    unreachable: a.unreachable + b.unreachable,
  }
}
