/** The day's duties, arranged: by urgency as the server has them, by customer, by day of the week. */
import { civilDate, daysSince } from '@/i18n'
import type { Item, Today } from './queries'

export type GroupName = 'overdue' | 'slipped' | 'today' | 'week'
export const groupNames: readonly GroupName[] = ['overdue', 'slipped', 'today', 'week']

/** One row of the page: a duty, or all duties of one customer. */
export type Row = { id: string; items: Item[] }

export function allItems(today: Today): Item[] {
  return groupNames.flatMap((name) => today.groups[name])
}

/** What can still wait until its deadline gives way to the day itself: of many, the few with the nearest deadline. */
const FOLDED_TO = 5

export function folded(today: Today, name: GroupName): Item[] {
  const items = today.groups[name]
  // A fold that would hide one row or two costs more than it saves.
  return name === 'slipped' && items.length > FOLDED_TO + 2 ? items.slice(0, FOLDED_TO) : items
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

/**
 * Seven days from today on, whatever the day of the week: nobody plans a visit into the past. What should have been
 * done before stands on today, since that is when it can be done.
 */
export function nextDays(today: Today): Day[] {
  const days = Array.from({ length: 7 }, (_, at): Day => ({ date: addDays(today.date, at), items: [] }))
  for (const item of allItems(today)) {
    const planned = civilDate(Date.parse(when(item) ?? today.date))
    const day = days.find((other) => other.date === latest(planned, today.date)) ?? days.at(-1)
    day?.items.push(item)
  }
  return days
}

/** Own duties beside those that are late or past their proposed day: those proposed for today, and those that can wait. */
export function restOf({ counts, groups }: Today): { proposed: number; rest: number } {
  const proposed = groups.today.filter((item) => !item.stand_in).length
  return { proposed, rest: Math.max(0, counts.open - counts.overdue - counts.slipped - proposed) }
}

/** Why a row is here today, though its deadline is far: the day by which it was proposed to act, and how long ago. */
export type Proposal = { by: string; days: number }

export function proposalOf(
  { due_at, act_at, slipped }: Pick<Item, 'due_at' | 'act_at' | 'slipped'>,
  at: number,
): Proposal | undefined {
  const days = act_at ? daysSince(act_at, at) : -1
  const isSoon = due_at ? Date.parse(due_at) - at < DAY : false
  if (!act_at || isSoon || !(slipped || days === 0)) return undefined
  return { by: act_at, days }
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
