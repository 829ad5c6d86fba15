/** What two customers are compared by, and how each value reads. */
import type { CustomField } from '@/api'
import { count, date, list, money } from '@/i18n'
import { type Custom, customText } from '../custom'
import { word } from '../options'
import type { Customer } from '../queries'

export type Comparable = { key: string; text: (customer: Customer) => string }

const of = (key: string, text: (customer: Customer) => string | null | undefined): Comparable => ({
  key,
  text: (customer) => text(customer) ?? '',
})

export const comparables: Comparable[] = [
  of('name', (c) => c.name),
  of('short_name', (c) => c.short_name),
  of('kind', (c) => word('kind', c.kind)),
  of('credit_code', (c) => c.credit_code),
  of('grade', (c) => word('grade', c.grade)),
  of('owner', (c) => c.owner?.name),
  of('industry', (c) => word('industry', c.industry)),
  of('region', (c) => c.region),
  of('address', (c) => c.address),
  of('website', (c) => c.website),
  of('phone', (c) => c.phone?.masked),
  of('email', (c) => c.email?.masked),
  of('wechat', (c) => c.wechat?.masked),
  of('id_number', (c) => c.id_number?.masked),
  of('staff_count', (c) => (c.staff_count ? count(c.staff_count) : '')),
  of('annual_revenue_fen', (c) => (c.annual_revenue_fen ? money(c.annual_revenue_fen, true) : '')),
  of('founded_on', (c) => (c.founded_on ? date(c.founded_on) : '')),
  of('cooperation_since', (c) => (c.cooperation_since ? date(c.cooperation_since) : '')),
  of('main_business', (c) => c.main_business),
  of('organisation', (c) => c.organisation),
  of('source', (c) => word('source', c.source)),
  of('preferences', (c) => c.preferences),
  of('core_need', (c) => c.core_need),
  of('notes', (c) => c.notes),
  of('tags', (c) => list(c.tags)),
]

/** Nothing is chosen of these: tags are put together, and what kind of customer it is must be the same. */
const united = new Set(['tags', 'kind'])

/** Which of the two columns. */
export type Side = 0 | 1

export type Difference = {
  key: string
  texts: [string, string]
  differs: boolean
  /** Both have a value, and only one of them can stay. */
  choice: boolean
}

/** The fields that at least one of the two has, with those that the company added, what differs first. */
export function compared(one: Customer, other: Customer, added: CustomField[] = []): Difference[] {
  const own = added.map((field) =>
    of(field.key, (c) => customText(field, (c.custom as Custom | undefined)?.[field.key])),
  )
  const rows = [...comparables, ...own].map(({ key, text }): Difference => {
    const texts: [string, string] = [text(one), text(other)]
    const differs = texts[0] !== texts[1]
    return { key, texts, differs, choice: differs && !united.has(key) && texts[0] !== '' && texts[1] !== '' }
  })
  const known = rows.filter(({ texts }) => texts[0] || texts[1])
  return [...known.filter((row) => row.differs), ...known.filter((row) => !row.differs)]
}

/** The fields whose value is taken from the one that does not stay. */
export function taken(rows: Difference[], survivor: Side, chosen: Record<string, Side>): string[] {
  return rows.filter((row) => row.choice && (chosen[row.key] ?? survivor) !== survivor).map((row) => row.key)
}
