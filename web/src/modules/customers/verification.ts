/** What is asked in a verification, and the answers as the server takes them. */
import { civilDate } from '@/i18n'
import type { Customer, TimelineItem, Verification } from './queries'

export const results = ['confirmed', 'changed', 'unreachable'] as const
export type Result = (typeof results)[number]
export type Answers = Record<string, { result: Result; value?: string } | undefined>

const company = [
  'name',
  'credit_code',
  'phone',
  'email',
  'address',
  'region',
  'industry',
  'staff_count',
  'annual_revenue_fen',
  'main_business',
  'organisation',
  'core_need',
  'preferences',
]
const person = ['name', 'phone', 'email', 'wechat', 'address', 'region', 'core_need', 'preferences']

/** Key facts first: they are worth a question before the others. */
export function verifiable(
  customer: Pick<Customer, 'kind' | 'key_facts'>,
  visible: (field: string) => boolean,
): string[] {
  const fields = (customer.kind === 'company' ? company : person).filter(visible)
  const marked = (field: string) => customer.key_facts.includes(field)
  return [...fields.filter(marked), ...fields.filter((field) => !marked(field))]
}

/** People say yuan, the archive keeps fen; what is no number is left for the server to refuse. */
function stored(field: string, value: string): string {
  const yuan = Number(value.replace(/[,，¥\s]/g, ''))
  return field.endsWith('_fen') && Number.isFinite(yuan) ? String(Math.round(yuan * 100)) : value
}

/** Fields nobody asked about are left out; a change without its new content is named. */
export function answersOf(answers: Answers): { items: Verification['items']; missing: string[] } {
  const given = Object.entries(answers).flatMap(([field, answer]) => (answer ? [{ field, ...answer }] : []))
  const missing = given.filter(({ result, value }) => result === 'changed' && !value?.trim()).map(({ field }) => field)
  const items = given.map(({ field, result, value }) =>
    result === 'changed' ? { field, result, value: stored(field, value?.trim() ?? '') } : { field, result },
  )
  return { items, missing }
}

/** The fields that changed after the archive was last verified; all that is known of, if it never was. */
export function changedSince(
  entries: readonly Pick<TimelineItem, 'at' | 'data'>[],
  verifiedOn?: string | null,
): Set<string> {
  const later = entries.filter(({ at, data }) => {
    const changed = data.entity === 'customer' && data.action === 'update'
    return changed && (!verifiedOn || civilDate(Date.parse(at)) > verifiedOn)
  })
  return new Set(later.flatMap(({ data }) => (Array.isArray(data.fields) ? (data.fields as string[]) : [])))
}
