/** What an audit entry changed, in one line: 名称：华盛 → 华盛机械. */
import { isChange } from '@/api'
import { date, dateTime, locale, lookup, money, t } from '@/i18n'
import { t as word } from './words'

/** Keys of machines: they are in the entry for whoever checks it, and say nothing to a reader. */
export const SILENT = new Set([
  'attachment',
  'digest',
  'erasure',
  'import',
  'job',
  'merge',
  'key_id',
  'session',
  'verification',
  'rights',
  'rows_done',
  'route',
  'filter',
  'columns',
  'contact_id',
  'todo_id',
  'customer_id',
  'custom',
  'key',
])

export type Names = Readonly<Record<string, string>>

export function changeWords(changes: Record<string, unknown>, names: Names = {}): string {
  const zh = locale() === 'zh'
  const parts = Object.entries(changes).flatMap(([field, change]) => {
    const words = SILENT.has(field) ? undefined : whatOf(field, change, names)
    return words ? [`${fieldWord(field)}${zh ? '：' : ': '}${words}`] : []
  })
  return parts.join(zh ? '；' : '; ')
}

/** The fields of a record that the reader does not see: 名称、备注（内容不显示）. */
export function withheldWords(fields: readonly string[]): string {
  const words = fields.filter((field) => !SILENT.has(field)).map(fieldWord)
  return words.length ? word('audit.withheld', { fields: words.join(locale() === 'zh' ? '、' : ', ') }) : ''
}

export const fieldWord = (field: string) => lookup(`audit.field.${field}`) ?? lookup(`field.${field}`) ?? field

function whatOf(field: string, change: unknown, names: Names): string | undefined {
  const one = (value: unknown) => said(field, value, names)
  if (!isChange(change)) return one(change)
  const [from, to] = [one(change.from), one(change.to)]
  // Personal values are digests: that they changed is all there is to say.
  if (isDigest(change.from) || isDigest(change.to))
    return lookup(`audit.personal.${from && to ? 'changed' : to ? 'filled' : 'cleared'}`)
  return from ? `${from} → ${to || '–'}` : to
}

const isDigest = (value: unknown) => typeof value === 'object' && value !== null && 'digest' in value

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A value as people read it; nothing for ids that have no name here. */
function said(field: string, value: unknown, names: Names): string | undefined {
  if (value === null || value === undefined || value === '') return undefined
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (Array.isArray(value)) {
    const parts = value.map((part) => (typeof part === 'object' ? '…' : said(field, part, names)))
    return [...new Set(parts.filter(Boolean))].join(locale() === 'zh' ? '、' : ', ') || undefined
  }
  // Structures are too much for a line; that they changed is what it says.
  if (typeof value === 'object') return '…'
  if (field.endsWith('_fen')) return money(Number(value))
  const text = String(value)
  if (ID.test(text)) return names[text] || undefined
  if (INSTANT.test(text)) return dateTime(text)
  if (DAY.test(text)) return date(text)
  if (field === 'field') return fieldWord(text)
  const word = lookup(`${field}.${text}`) ?? lookup(`audit.value.${text}`)
  if (word) return word
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
