/** A filter as a sentence: 级别 属于 VIP、重点 */
import type { Filter, Operator } from '@/api/lists'
import { date, locale, money, t } from '@/i18n'
import type { Column, FieldKind } from './types'

export function operatorName(operator: Operator, kind: FieldKind): string {
  if (kind === 'date' && operator === 'ge') return t('op.after')
  if (kind === 'date' && operator === 'le') return t('op.before')
  return t(`op.${operator}`)
}

export function filterWords<T>(filter: Filter, columns: Column<T>[], names: ReadonlyMap<string, string>): string {
  const [field, operator, value] = filter
  const column = columns.find((other) => other.key === field)
  if (!column) return `${field} ${t(`op.${operator}`)}`
  const op = operatorName(operator, column.kind)
  if (value === undefined) return `${column.title()} ${op}`
  if (typeof value === 'boolean')
    return `${column.title()}${locale() === 'zh' ? '：' : ': '}${valueWord(value, column, names)}`
  const values = Array.isArray(value) ? value : [value]
  const separator = operator === 'between' ? ' – ' : locale() === 'zh' ? '、' : ', '
  return `${column.title()} ${op} ${values.map((v) => valueWord(v, column, names)).join(separator)}`
}

function valueWord<T>(value: string | number | boolean, column: Column<T>, names: ReadonlyMap<string, string>): string {
  if (column.kind === 'money' && typeof value === 'number') return money(value, true)
  if (column.kind === 'date') return date(String(value))
  const option = column.options?.().find((choice) => choice.value === String(value))
  if (typeof value === 'boolean') return option?.label ?? (value ? t('yes') : t('no'))
  return option?.label ?? names.get(String(value)) ?? String(value)
}
