/** What an audit entry changed, in one line: name: 华盛 → 华盛机械. */
import { locale, lookup, t } from '@/i18n'

export function changeWords(changes: Record<string, unknown>): string {
  const parts = Object.entries(changes).flatMap(([field, change]) => {
    const name = lookup(`field.${field}`) ?? lookup(`audit.field.${field}`) ?? field
    if (Array.isArray(change) && change.length === 2) return [`${name}: ${short(change[0])} → ${short(change[1])}`]
    return [`${name}: ${short(change)}`]
  })
  return parts.join(locale() === 'zh' ? '；' : '; ')
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/

function short(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map(short).join(', ') || '–'
  // Structures are too much for a line; that they changed is what it says.
  if (typeof value === 'object') return '…'
  const text = String(value)
  if (ID.test(text)) return `#${text.slice(-6)}`
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
