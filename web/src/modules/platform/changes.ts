/** What an audit entry changed, in one line: name: 华盛 → 华盛机械. */
import { locale, lookup } from '@/i18n'

export function changeWords(changes: Record<string, unknown>): string {
  const parts = Object.entries(changes).flatMap(([field, change]) => {
    const name = lookup(`field.${field}`) ?? lookup(`audit.field.${field}`) ?? field
    if (Array.isArray(change) && change.length === 2) return [`${name}: ${short(change[0])} → ${short(change[1])}`]
    return [`${name}: ${short(change)}`]
  })
  return parts.join(locale() === 'zh' ? '；' : '; ')
}

function short(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
