/** What an export was asked for, in words: which records, and which columns. */
import type { ReactNode } from 'react'
import { count, list, locale, t } from '@/i18n'
import { useNames } from './names'
import { parseFilters } from './state'
import type { Column } from './types'
import { filterWords } from './words'

/** As the server tells it of each export. */
export type Asked = Record<string, unknown>

type Props<T> = { asked: Asked; columns: Column<T>[]; titleOf: (key: string) => string; children?: ReactNode }

const nobody: ReadonlyMap<string, string> = new Map()

export function AskedFor<T>({ asked, columns, titleOf, children }: Props<T>) {
  const filters = parseFilters(JSON.stringify(asked.filter ?? [])) ?? []
  const names = useNames(columns, filters, nobody)
  const keys = Array.isArray(asked.columns) ? asked.columns.map(String) : []
  const parts = [
    asked.chosen ? t('asked.chosen', { n: count(Number(asked.chosen)) }) : '',
    asked.q ? t('asked.search', { text: String(asked.q) }) : '',
    ...filters.map((filter) => filterWords(filter, columns, names)),
  ].filter(Boolean)
  return (
    <>
      {children}
      {'filter' in asked && (
        <div>
          <dt>{t('asked.which')}</dt>
          <dd>{parts.length > 0 ? parts.join(locale() === 'zh' ? '；' : '; ') : t('asked.all')}</dd>
        </div>
      )}
      {keys.length > 0 && (
        <div>
          <dt>{t('asked.columns', { n: count(keys.length) })}</dt>
          <dd>{list(keys.map(titleOf))}</dd>
        </div>
      )}
    </>
  )
}
