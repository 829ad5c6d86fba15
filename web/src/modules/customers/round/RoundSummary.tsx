/** How far the round is, by owner or department, with what the customers answered. */
import { useQuery } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { count, locale, t as words } from '@/i18n'
import {
  Empty,
  Failed,
  IconButton,
  Link,
  Notice,
  POOR,
  Segmented,
  Skeleton,
  Stat,
  Stats,
  useSearch,
  useSetSearch,
} from '@/ui'
import { roundDutiesQuery, roundQuery } from '../queries'
import { t } from '../words'
import { beside, type Quarter } from './quarter'
import { type By, type RoundRow, rowsOf, totalOf } from './rows'

const NOBODY = /^0{8}-/

export function RoundSummary({ quarter }: { quarter: Quarter }) {
  const can = useCan()
  const search = useSearch()
  const setSearch = useSetSearch()
  const by: By = search.by === 'department' ? 'department' : 'person'
  const go = (step: -1 | 1) => setSearch({ quarter: beside(quarter, step).from, open: undefined }, { replace: true })
  const report = new URLSearchParams({ clause: 'R3-1.5', group: by, from: quarter.from, to: quarter.to })
  return (
    <section className="round" aria-label={t('round.progress')}>
      <div className="row between wrap">
        <div className="row">
          <IconButton label={t('round.previous')} icon="left" onClick={() => go(-1)} />
          <b>{t('round.quarter', { year: quarter.year, n: quarter.number })}</b>
          <IconButton label={t('round.next')} icon="right" onClick={() => go(1)} />
        </div>
        <div className="row wrap">
          <Segmented<By>
            aria-label={t('round.by')}
            options={[
              { value: 'person', label: t('round.by_person') },
              { value: 'department', label: t('round.by_department') },
            ]}
            value={by}
            onChange={(next) => setSearch({ by: next === 'person' ? undefined : next }, { replace: true })}
          />
          {can('compliance', 'read') && <Link to={`/policy/compliance?${report}`}>{t('round.report')}</Link>}
        </div>
      </div>
      {can('compliance', 'read') && <Progress quarter={quarter} by={by} />}
    </section>
  )
}

function Progress({ quarter, by }: { quarter: Quarter; by: By }) {
  const duties = useQuery(roundDutiesQuery(quarter.from, quarter.to, by))
  const round = useQuery(roundQuery(quarter.from))
  const failed = duties.error ?? round.error
  if (failed) {
    const retry = () => void Promise.all([duties.refetch(), round.refetch()])
    return <Failed title={words('list.failed')} why={messageOf(failed)} onRetry={retry} />
  }
  if (!duties.data || !round.data) return <Skeleton lines={4} />
  const rows = rowsOf(duties.data, round.data, by, (label) => label[locale()])
  const total = totalOf(rows, duties.data)
  if (rows.length === 0) return <Empty title={t('round.nothing')} why={t('round.nothing_why')} />
  return (
    <>
      <Stats>
        <Stat label={t('round.due')} value={count(total.due)} />
        <Stat label={t('round.done')} value={count(total.done + total.late)} />
        <Stat label={t('round.open')} value={count(total.open)} />
        <Stat label={t('round.missed')} value={count(total.missed)} tone={total.missed > 0 ? 'bad' : 'none'} />
        <Stat label={t('round.confirmed')} value={count(total.confirmed)} hint={t('round.fields')} />
        <Stat label={t('round.changed')} value={count(total.changed)} hint={t('round.fields')} />
        <Stat label={t('round.unreachable')} value={count(total.unreachable)} hint={t('round.fields')} />
      </Stats>
      {rows.length > 1 && <Rows rows={rows} by={by} />}
      {total.unreachable > 0 && total.unreachable > total.confirmed && <Notice>{t('round.hardly')}</Notice>}
    </>
  )
}

const NUMBERS = ['due', 'done', 'late', 'missed', 'open'] as const
const ANSWERS = ['rounds', 'confirmed', 'changed', 'unreachable'] as const

function Rows({ rows, by }: { rows: RoundRow[]; by: By }) {
  return (
    <div className="round-rows">
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`round.by_${by}`)}</th>
            {NUMBERS.map((name) => (
              <th key={name} scope="col" className="num">
                {t(`round.${name}`)}
              </th>
            ))}
            <th scope="col" className="num">
              {t('round.rate')}
            </th>
            {ANSWERS.map((name) => (
              <th key={name} scope="col" className="num">
                {t(`round.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                <Name row={row} by={by} />
              </th>
              {NUMBERS.map((name) => (
                <td key={name} className="num" data-label={t(`round.${name}`)}>
                  {count(row[name])}
                </td>
              ))}
              <td className={rateTone(row)} data-label={t('round.rate')}>
                {row.rate === null ? '–' : `${Math.round(row.rate)}%`}
              </td>
              {ANSWERS.map((name) => (
                <td key={name} className="num" data-label={t(`round.${name}`)}>
                  {count(row[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const rateTone = ({ rate }: RoundRow) => (rate !== null && rate < POOR ? 'num late' : 'num')

/** Narrows the list below to this owner or department. */
function Name({ row, by }: { row: RoundRow; by: By }) {
  const setSearch = useSetSearch()
  if (NOBODY.test(row.key)) return <>{t('round.nobody')}</>
  const field = by === 'person' ? 'owner' : 'department'
  const narrow = () => setSearch({ view: 'all', f: JSON.stringify([[field, 'eq', row.key]]) }, { replace: true })
  return (
    <button type="button" className="link" onClick={narrow}>
      {row.name}
    </button>
  )
}
