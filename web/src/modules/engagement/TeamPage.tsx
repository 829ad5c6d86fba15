/** The manager's page: whose duties slipped, which customers nobody reached, on which days it gathers. */
import './team.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Filter, messageOf } from '@/api'
import { civilDate, count, date, lookup, now, percent, t as words } from '@/i18n'
import {
  Button,
  Chart,
  Empty,
  Failed,
  HeatCalendar,
  Link,
  POOR,
  Segmented,
  Skeleton,
  useGo,
  useSearch,
  useSetSearch,
  useTitle,
} from '@/ui'
import { t } from './messages'
import { type Team, teamQuery } from './queries'
import { eachDay, type SpanName, spanNames, spanOf } from './span'
import { nowColumns, sortPeople, spanColumns, teamColumns } from './team'
import { w } from './words'

export default function TeamPage() {
  const { span: asked } = useSearch()
  const setSearch = useSetSearch()
  const name = spanNames.find((known) => known === asked) ?? 'month'
  const { from, to } = spanOf(name, civilDate(now()))
  const team = useQuery(teamQuery(from, to))
  useTitle(t('team.title'))
  const labels: Record<SpanName, string> = {
    month: w('team.this_month'),
    last: w('team.last_month'),
    quarter: w('team.quarter'),
  }
  return (
    <div className="page team">
      <div className="page-head">
        <h1>{t('team.title')}</h1>
        <span className="dim">
          {date(from)} – {date(to)}
        </span>
        <Segmented<SpanName>
          aria-label={w('team.span')}
          options={spanNames.map((value) => ({ value, label: labels[value] }))}
          value={name}
          onChange={(value) => setSearch({ span: value === 'month' ? undefined : value }, { replace: true })}
        />
      </div>
      {team.isError && (
        <Failed title={w('team.failed')} why={messageOf(team.error)} onRetry={() => void team.refetch()} />
      )}
      {team.isPending && <Skeleton lines={12} />}
      {team.data && <Boards team={team.data} />}
    </div>
  )
}

function Boards({ team }: { team: Team }) {
  if (team.people.length === 0 && team.coverage.every((row) => row.customers === 0)) {
    return <Empty title={w('team.empty')} why={w('team.empty_why')} />
  }
  return (
    <div className="team-boards">
      <People team={team} />
      <div className="stack wide">
        <Coverage team={team} />
        <Heat team={team} />
      </div>
    </div>
  )
}

const open: Filter[] = [
  ['live', 'eq', true],
  ['state', 'in', ['open', 'paused']],
]
/** Run out, and still to be stopped. */
const overdue: Filter[] = [
  ['live', 'eq', true],
  ['state', 'in', ['missed']],
]
/** What went wrong: done too late, not done, or run out and still open. */
const breached: Filter = ['state', 'in', ['late', 'missed']]

/** The duties behind a number. */
function dutiesPath(...filters: Filter[]): string {
  return `/policy/duties?${new URLSearchParams({ f: JSON.stringify(filters), back: 'team' })}`
}

function People({ team }: { team: Team }) {
  const { sort } = useSearch()
  const setSearch = useSetSearch()
  const by = teamColumns.find((column) => column === sort) ?? 'rate'
  const people = sortPeople(team.people, by)
  const span: Filter = ['due_on', 'between', [team.from, team.to]]
  return (
    <section>
      <h2>{w('team.people')}</h2>
      <div className="team-scroll">
        <table className="plain team-people">
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={nowColumns.length}>
                {w('team.now')}
              </th>
              <th scope="colgroup" colSpan={spanColumns.length}>
                {w('team.in_span', { from: date(team.from), to: date(team.to) })}
              </th>
            </tr>
            <tr>
              <th scope="col">{w('team.person')}</th>
              {teamColumns.map((column) => (
                <th
                  key={column}
                  scope="col"
                  className="num"
                  aria-sort={column === by ? (column === 'rate' ? 'ascending' : 'descending') : undefined}
                >
                  <button
                    type="button"
                    onClick={() => setSearch({ sort: column === 'rate' ? undefined : column }, { replace: true })}
                  >
                    {w(`team.${column}`)}
                    {column === by && <span aria-hidden="true"> {column === 'rate' ? '↑' : '↓'}</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {people.map((person, at) => {
              const owner: Filter = ['owner', 'eq', person.id]
              return (
                <tr key={`${person.id}${at}`}>
                  <th scope="row">
                    <Link to={dutiesPath(owner, span, breached)}>{person.name ?? '–'}</Link>
                  </th>
                  <Number value={person.open} to={dutiesPath(owner, ...open)} />
                  <Number value={person.overdue} tone="late" to={dutiesPath(owner, ...overdue)} />
                  <Number value={person.met} to={dutiesPath(owner, span, ['state', 'in', ['met']])} />
                  <Number value={person.late} tone="soon" to={dutiesPath(owner, span, ['state', 'in', ['late']])} />
                  <Number value={person.missed} tone="late" to={dutiesPath(owner, span, ['state', 'in', ['missed']])} />
                  <td className="num">
                    <Rate value={person.rate} />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Number({ value, to, tone }: { value: number; to: string; tone?: 'late' | 'soon' }) {
  return (
    <td className="num">
      {value === 0 ? (
        <span className="dim">0</span>
      ) : (
        <Link to={to} className={tone}>
          {count(value)}
        </Link>
      )}
    </td>
  )
}

/** A percentage with its length beside it: lengths compare faster than digits. */
function Rate({ value }: { value: number | null | undefined }) {
  if (typeof value !== 'number') return <span className="dim">–</span>
  return (
    <span className="team-rate" data-poor={value < POOR || undefined}>
      <i aria-hidden="true">
        <b style={{ width: `${Math.max(0, Math.min(100, value))}%` }} />
      </i>
      {percent(value / 100)}
    </span>
  )
}

function Coverage({ team }: { team: Team }) {
  const rows = team.coverage
  const name = (grade: string) => lookup(`grade.${grade}`) ?? grade
  const total = rows.reduce((sum, row) => sum + row.customers, 0)
  return (
    <Chart
      title={w('team.coverage')}
      n={total}
      definition={w('team.coverage_def')}
      height={180}
      table={{
        columns: [w('team.grade'), w('team.customers'), w('team.contacted'), w('team.share')],
        rows: total === 0 ? [] : rows.map((row) => [name(row.grade), row.customers, row.contacted, share(row.rate)]),
      }}
      option={{
        xAxis: { type: 'value', min: 0, max: 100, interval: 25, axisLabel: { formatter: '{value}%' } },
        yAxis: { type: 'category', inverse: true, data: rows.map((row) => name(row.grade)), axisTick: { show: false } },
        tooltip: { show: false },
        // Room for the label of a full bar.
        grid: { left: 8, right: 120, top: 8, bottom: 8, containLabel: true },
        series: [
          {
            type: 'bar',
            barWidth: 18,
            itemStyle: { color: colour('--indigo') },
            data: rows.map((row) => row.rate ?? 0),
            label: {
              show: true,
              position: 'right',
              color: colour('--ink'),
              formatter: ({ dataIndex }: { dataIndex: number }) => labelOf(rows[dataIndex]),
            },
          },
        ],
      }}
    />
  )
}

const colour = (token: string) => getComputedStyle(document.documentElement).getPropertyValue(token).trim()
const share = (rate: number | null | undefined) => (typeof rate === 'number' ? percent(rate / 100) : '–')

function labelOf(row: Team['coverage'][number] | undefined): string {
  return row ? `${count(row.contacted)} / ${count(row.customers)}  ${share(row.rate)}` : ''
}

function Heat({ team }: { team: Team }) {
  const go = useGo()
  const [asTable, setAsTable] = useState(false)
  const days = eachDay(team.from, team.to, team.heat, (day) => ({ date: day, late: 0, missed: 0 }))
  const busy = days.filter((day) => day.late + day.missed > 0)
  const byDate = new Map(days.map((day) => [day.date, day]))
  const path = (day: string) => dutiesPath(['due_on', 'between', [day, day]], ['state', 'in', ['late', 'missed']])
  return (
    <figure className="chart">
      <div className="row between">
        <h2>{w('team.heat')}</h2>
        <Button size="xs" kind="quiet" onClick={() => setAsTable(!asTable)}>
          {asTable ? words('chart.chart') : words('chart.table')}
        </Button>
      </div>
      {asTable ? (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{w('team.day')}</th>
              <th scope="col" className="num">
                {w('team.late')}
              </th>
              <th scope="col" className="num">
                {w('team.missed')}
              </th>
            </tr>
          </thead>
          <tbody>
            {busy.map((day) => (
              <tr key={day.date}>
                <th scope="row">
                  <Link to={path(day.date)}>{date(day.date)}</Link>
                </th>
                <td className="num">{day.late}</td>
                <td className="num">{day.missed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <HeatCalendar
          days={days.map((day) => ({ date: day.date, value: day.late + day.missed }))}
          label={w('team.heat')}
          describe={({ date: day }) => {
            const { late = 0, missed = 0 } = byDate.get(day) ?? {}
            return w('team.heat_day', { late, missed })
          }}
          onPick={(day) => go(path(day))}
        />
      )}
      <figcaption className="dim">{w('team.heat_def')}</figcaption>
    </figure>
  )
}
