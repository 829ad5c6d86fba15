/** Before an export: how many rows it has, as far as that is known, and how many may leave today without asking. */
import { useQuery } from '@tanstack/react-query'
import { allowanceQuery } from '@/api/lookups'
import { count, locale, t } from '@/i18n'
import { Notice } from './small'

export type Rows = { count: number; more: boolean }

export function useExportLimit(rows: Rows | undefined): { left: number | undefined; beyond: boolean } {
  const left = useQuery(allowanceQuery).data?.left
  return { left, beyond: left !== undefined && rows !== undefined && rows.count > left }
}

export function ExportLimit({ rows }: { rows?: Rows }) {
  const { left, beyond } = useExportLimit(rows)
  if (left === undefined) return null
  const what = rows ? t(rows.more ? 'export_limit.more' : 'export_limit.rows', { n: count(rows.count) }) : ''
  const may = t(beyond ? 'export_limit.beyond' : 'export_limit.left', { n: count(left) })
  const said = [what, may].filter(Boolean).join(locale() === 'zh' ? '' : ' ')
  return beyond ? <Notice tone="warn">{said}</Notice> : <p className="dim">{said}</p>
}
