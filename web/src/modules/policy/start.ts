/** From which day on a changed regulation is best in force: no period that is running is judged by two rules. */
import type { Per, Policy, VersionRecord } from './model'
import { rulesOf } from './model'

type Civil = string
const iso = (year: number, month: number, day = 1): Civil =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)

/** The first day of the next period of this kind; tomorrow for clocks and festivals, which have no common period. */
export function nextPeriod(per: Per | undefined, today: Civil): Civil {
  const [year = 0, month = 1, day = 1] = today.split('-').map(Number)
  const months = { month: 1, quarter: 3, half_year: 6, year: 12 }
  if (per === 'week') return iso(year, month - 1, day + ((8 - new Date(today).getUTCDay()) % 7 || 7))
  if (typeof per !== 'string') return iso(year, month - 1, day + 1)
  const length = months[per]
  return iso(year, (Math.floor((month - 1) / length) + 1) * length)
}

/** The latest of the next periods of the rules that a version changes. */
export function nextStart(version: Pick<VersionRecord, 'differences'> & { content: Policy }, today: Civil): Civil {
  const changed = new Set(version.differences.map((difference) => difference.rule))
  const starts = rulesOf(version.content)
    .filter(({ rule }) => changed.has(rule.key))
    .map(({ rule: { definition } }) => definition.every?.per ?? definition.quota?.per ?? definition.target?.per)
    .map((per) => nextPeriod(per, today))
  return starts.sort().at(-1) ?? today
}
