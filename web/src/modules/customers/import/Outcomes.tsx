import { count } from '@/i18n'
import { Stat, Stats, type Tone } from '@/ui'
import { t } from '../words'
import { type Counts, outcomes } from './state'

export const tones = {
  created: 'good',
  merged: 'none',
  updated: 'none',
  skipped: 'warn',
  rejected: 'bad',
} as const satisfies Record<keyof Counts, Tone>

/** What became, or would become, of how many rows: they add up to the rows in front. */
export function Outcomes({ rows, counts }: { rows: number; counts: Counts }) {
  const told = outcomes.filter((outcome) => counts[outcome] > 0 || outcome === 'created' || outcome === 'rejected')
  return (
    <Stats>
      <Stat label={t('import.rows_total')} value={count(rows)} />
      {told.map((outcome) => (
        <Stat
          key={outcome}
          label={t(`import.outcome_${outcome}`)}
          value={count(counts[outcome])}
          tone={counts[outcome] > 0 ? tones[outcome] : 'none'}
        />
      ))}
    </Stats>
  )
}
