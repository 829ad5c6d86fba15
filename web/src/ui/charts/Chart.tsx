/** A chart answers the question that is its title; under it stand n and the definition; it turns into a table. */
import './charts.css'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { count, t } from '@/i18n'
import { Button } from '../Button'
import { Empty, Skeleton } from '../small'
import type { ChartOption } from './Drawing'

const Drawing = lazy(() => import('./Drawing'))

export type ChartTable = { columns: string[]; rows: (string | number)[][] }

type Props = {
  /** A question: 哪些部门的VIP联系没有达标？ */
  title: string
  option: ChartOption
  /** The same numbers; also what assistive technology and print get. */
  table: ChartTable
  n?: number
  definition?: string
  height?: number
  onPick?: (name: string) => void
}

export function Chart({ title, option, table, n, definition, height = 260, onPick }: Props) {
  const [asTable, setAsTable] = useState(false)
  const empty = table.rows.length === 0
  return (
    <figure className="chart">
      <div className="row between">
        <h2>{title}</h2>
        {!empty && (
          <Button size="xs" kind="quiet" onClick={() => setAsTable(!asTable)}>
            {asTable ? t('chart.chart') : t('chart.table')}
          </Button>
        )}
      </div>
      {empty && <Empty title={t('chart.empty')} />}
      {!empty && asTable && <Numbers table={table} />}
      {!empty && !asTable && (
        <Suspense fallback={<Skeleton lines={6} />}>
          <Drawing option={option} height={height} label={title} onPick={onPick} />
        </Suspense>
      )}
      <figcaption className="dim">
        {[n === undefined ? '' : t('chart.n', { n: count(n) }), definition].filter(Boolean).join(' · ')}
      </figcaption>
    </figure>
  )
}

function Numbers({ table }: { table: ChartTable }) {
  const cell = (value: string | number): ReactNode => (typeof value === 'number' ? count(value) : value)
  return (
    <table className="plain">
      <thead>
        <tr>
          {table.columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map((row, at) => (
          <tr key={at}>
            {row.map((value, i) => (
              <td key={i} className={typeof value === 'number' ? 'num' : undefined}>
                {cell(value)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
