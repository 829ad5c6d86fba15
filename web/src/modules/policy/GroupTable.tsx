import { count } from '@/i18n'
import { Empty, Link } from '@/ui'
import { RateCell, Trend } from './ClauseTable'
import { dutiesLink } from './links'
import type { Compliance, ComplianceRow, Figures, Group } from './model'
import { say } from './sentence'
import { t } from './words'

const COUNTS = ['due', 'met', 'late', 'missed', 'waived', 'open'] as const
const NOBODY = /^0{8}-/

/** The same numbers by department or by person. */
export function GroupTable({ report, group }: { report: Compliance; group: Exclude<Group, 'clause'> }) {
  if (report.rows.length === 0) return <Empty title={t('compliance.empty_rows')} why={t('compliance.empty_rows_why')} />
  return (
    <table className="clauses groups">
      <thead>
        <tr>
          <th scope="col">{t(`compliance.${group}`)}</th>
          {COUNTS.map((name) => (
            <th key={name} scope="col" className="num">
              {t(`compliance.${name}`)}
            </th>
          ))}
          <th scope="col" className="num">
            {t('compliance.rate')}
          </th>
          <th scope="col">{t('compliance.trend')}</th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">
              <Name row={row} report={report} group={group} />
            </th>
            <Counts figures={row} />
            <td data-label={t('compliance.trend')}>
              <Trend row={row} what={say(row.label)} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('compliance.total')}</th>
          <Counts figures={report.total} />
          <td />
        </tr>
      </tfoot>
    </table>
  )
}

function Name({ row, report, group }: { row: ComplianceRow; report: Compliance; group: 'department' | 'person' }) {
  if (NOBODY.test(row.key)) return <>{say(row.label) || t('compliance.nobody')}</>
  const who = group === 'department' ? { department: row.key } : { owner: row.key }
  return <Link to={dutiesLink({ ...who, from: report.from, to: report.to })}>{say(row.label)}</Link>
}

function Counts({ figures }: { figures: Figures }) {
  return (
    <>
      {COUNTS.map((name) => (
        <td key={name} className="num" data-label={t(`compliance.${name}`)}>
          {count(figures[name])}
        </td>
      ))}
      <td className="num" data-label={t('compliance.rate')}>
        <RateCell figures={figures} />
      </td>
    </>
  )
}
