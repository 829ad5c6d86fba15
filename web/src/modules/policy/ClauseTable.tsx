import { Fragment } from 'react'
import { count, percent } from '@/i18n'
import { Link, POOR, Spark, useGo } from '@/ui'
import { dutiesLink } from './links'
import type { Chapter, Clause, Compliance, ComplianceRow, Figures } from './model'
import { ownerOf, ruleSentence, say, term } from './sentence'
import { t } from './words'

type Props = { report: Compliance; chapters: Chapter[]; all: boolean }

export const rateOf = (rate: number | null | undefined): string =>
  rate === null || rate === undefined ? '–' : percent(rate / 100)

export function RateCell({ figures }: { figures: Figures }) {
  const poor = typeof figures.rate === 'number' && figures.rate < POOR
  return <span className={poor ? 'late' : undefined}>{rateOf(figures.rate)}</span>
}

export function Trend({ row, what }: { row: ComplianceRow; what: string }) {
  if (row.trend.every((rate) => rate === null)) return <span className="dim">–</span>
  const values = row.trend.map(rateOf).join(' ')
  return <Spark values={row.trend} max={100} label={t('compliance.trend_of', { what, values })} />
}

export function ClauseTable({ report, chapters, all }: Props) {
  const rows = new Map(report.rows.map((row) => [row.key, row]))
  const shown = chapters
    .map((chapter) => ({ ...chapter, clauses: chapter.clauses.filter((clause) => all || clause.executable) }))
    .filter((chapter) => chapter.clauses.length > 0)
  return (
    <table className="clauses">
      <thead>
        <tr>
          <th scope="col">{t('compliance.clause')}</th>
          <th scope="col">{t('compliance.rule')}</th>
          <th scope="col">{t('compliance.owner')}</th>
          <th scope="col" className="num">
            {t('compliance.due')}
          </th>
          <th scope="col" className="num">
            {t('compliance.open')}
          </th>
          <th scope="col" className="num">
            {t('compliance.rate')}
          </th>
          <th scope="col">{t('compliance.trend')}</th>
          <th scope="col">{t('compliance.worst')}</th>
        </tr>
      </thead>
      {shown.map((chapter) => (
        <tbody key={chapter.key}>
          <tr className="chapter-row">
            <th scope="rowgroup" colSpan={8}>
              {term('chapter', chapter.key)}
            </th>
          </tr>
          {chapter.clauses.map((clause) => (
            <Row key={clause.id} clause={clause} row={rows.get(clause.id)} report={report} />
          ))}
        </tbody>
      ))}
    </table>
  )
}

function Row({ clause, row, report }: { clause: Clause; row: ComplianceRow | undefined; report: Compliance }) {
  const go = useGo()
  if (!clause.executable) return <IdleRow clause={clause} />
  const { from, to } = report
  const drill = dutiesLink({ clause: clause.id, from, to })
  return (
    // The number in it is the link for keyboards; the row is only a larger target.
    <tr
      data-drill
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest('a') && !globalThis.getSelection()?.toString()) go(drill)
      }}
    >
      <th scope="row">
        <span className="clause-id">{clause.id}</span> {say(clause.title)}
      </th>
      <td data-label={t('compliance.rule')}>
        <Rules clause={clause} />
      </td>
      <td data-label={t('compliance.owner')}>
        {[...new Set(clause.rules.map((rule) => ownerOf(rule.definition)))].map((owner) => (
          <Fragment key={owner}>
            {owner}
            <br />
          </Fragment>
        ))}
      </td>
      <td className="num" data-label={t('compliance.due')}>
        {row && row.due > 0 ? (
          <Link to={drill}>
            {count(row.due)}
            <span className="vh">{t('policy.drill', { clause: clause.id })}</span>
          </Link>
        ) : (
          <span className="dim">0</span>
        )}
      </td>
      <td className="num" data-label={t('compliance.open')}>
        {row && row.open > 0 ? count(row.open) : <span className="dim">0</span>}
      </td>
      <td className="num" data-label={t('compliance.rate')}>
        {row && <RateCell figures={row} />}
      </td>
      <td data-label={t('compliance.trend')}>{row && <Trend row={row} what={clause.id} />}</td>
      <td data-label={t('compliance.worst')}>
        {row?.worst && row.worst.rate < 100 ? (
          <Link to={dutiesLink({ clause: clause.id, department: row.worst.id, from, to })}>
            {row.worst.name} {rateOf(row.worst.rate)}
          </Link>
        ) : (
          <span className="dim">–</span>
        )}
      </td>
    </tr>
  )
}

/** What keeps a clause that makes no duties: there is no number to show for it. */
function IdleRow({ clause }: { clause: Clause }) {
  return (
    <tr data-idle>
      <th scope="row">
        <span className="clause-id">{clause.id}</span> {say(clause.title)}
      </th>
      <td colSpan={7} data-label={t('compliance.rule')}>
        {t('policy.pending')}: {say(clause.pending)}
      </td>
    </tr>
  )
}

function Rules({ clause }: { clause: Clause }) {
  if (clause.rules.length === 1 && clause.rules[0]) return <>{ruleSentence(clause.rules[0].definition)}</>
  return (
    <ul>
      {clause.rules.map((rule) => (
        <li key={rule.key}>{ruleSentence(rule.definition)}</li>
      ))}
    </ul>
  )
}
