/** The day's duties, arranged: by urgency as the server has them, by customer, by day of the week. */
import { civilDate, weekStart } from '@/i18n'
import type { Item, Today } from './queries'

export type GroupName = 'overdue' | 'today' | 'week'
export const groupNames: readonly GroupName[] = ['overdue', 'today', 'week']

/** One row of the page: a duty, or all duties of one customer. */
export type Row = { id: string; items: Item[] }

export function allItems(today: Today): Item[] {
  return groupNames.flatMap((name) => today.groups[name])
}

export function rowsByUrgency(items: Item[]): Row[] {
  return items.map((item) => ({ id: item.duty_id, items: [item] }))
}

/** Customers in the order of their most urgent duty; a duty without a customer stands for itself. */
export function rowsByCustomer(today: Today): Row[] {
  const rows = new Map<string, Row>()
  for (const item of allItems(today)) {
    const id = item.customer?.id ?? item.duty_id
    const row = rows.get(id)
    if (row) row.items.push(item)
    else rows.set(id, { id, items: [item] })
  }
  return [...rows.values()]
}

export type Day = { date: string; items: Item[] }

const DAY = 86_400_000
const addDays = (civil: string, days: number) => new Date(Date.parse(civil) + days * DAY).toISOString().slice(0, 10)

/** What is left of this week; what is overdue stands on today, since that is when it can be done. */
export function weekOf(today: Today): Day[] {
  const monday = weekStart(today.date)
  const week = Array.from({ length: 7 }, (_, at): Day => ({ date: addDays(monday, at), items: [] }))
  const days = week.filter((day) => day.date >= today.date)
  for (const item of allItems(today)) {
    const planned = civilDate(Date.parse(when(item) ?? today.date))
    const day = days.find((other) => other.date === latest(planned, today.date)) ?? days.at(-1)
    day?.items.push(item)
  }
  return days
}

/** How many days ago it was proposed to act, where that day has passed. */
export function slippedDays({ slipped, act_at }: Item, date: string): number {
  if (!slipped || !act_at) return 0
  return (Date.parse(date) - Date.parse(civilDate(Date.parse(act_at)))) / DAY
}

const latest = (one: string, other: string) => (one > other ? one : other)

/** When to act: as proposed, and in any case before the deadline. A deadline at midnight belongs to the day it ends. */
function when({ due_at, act_at }: Item): string | null {
  const last = due_at ? Date.parse(due_at) - 1 : Number.POSITIVE_INFINITY
  const first = Math.min(last, act_at ? Date.parse(act_at) : Number.POSITIVE_INFINITY)
  return Number.isFinite(first) ? new Date(first).toISOString() : null
}

export function isEmpty(today: Today): boolean {
  return groupNames.every((name) => today.groups[name].length === 0)
}

/** Has any month been judged? Without one there is no policy at work yet. */
export function hasHistory(today: Today): boolean {
  return today.counts.trend.some((rate) => rate !== null) || today.counts.open + today.counts.done > 0
}
