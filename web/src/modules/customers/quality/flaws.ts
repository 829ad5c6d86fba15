/** What can be wrong with an archive, and how the numbers of owners add up to those of departments. */
import type { Filter } from '@/api'

export const flaws = [
  'incomplete',
  'unverified',
  'stale',
  'duplicate',
  'bad_phone',
  'bouncing',
  'no_successor',
  'no_owner',
  'no_basis',
] as const
export type Flaw = (typeof flaws)[number]
export type Counts = Partial<Record<Flaw, number>>

type Named = { id: string; name: string }
type Group = { department?: Named | null; owner?: Named | null; counts: Counts }
/** A row of the board; `filters` lead to its customers. */
export type Row = { key: string; name: string; beside: string; counts: Counts; filters: Filter[] }

function add(into: Counts, more: Counts): Counts {
  const sum = { ...into }
  for (const flaw of flaws) if (more[flaw]) sum[flaw] = (sum[flaw] ?? 0) + more[flaw]
  return sum
}

export const total = (groups: readonly Group[]): Counts =>
  groups.reduce<Counts>((sum, group) => add(sum, group.counts), {})

export const all = (counts: Counts): number => flaws.reduce((sum, flaw) => sum + (counts[flaw] ?? 0), 0)

const is = (field: string, named: Named | null | undefined): Filter =>
  named ? [field, 'eq', named.id] : [field, 'empty']

/** By department or by owner, those with most to do first. */
export function rowsOf(groups: readonly Group[], by: 'department' | 'owner', nobody: string): Row[] {
  const rows = new Map<string, Row>()
  for (const { department, owner, counts } of groups) {
    const named = by === 'department' ? department : owner
    const key = by === 'department' ? (department?.id ?? '') : `${owner?.id ?? ''} ${department?.id ?? ''}`
    const filters =
      by === 'department' ? [is('department', department)] : [is('owner', owner), is('department', department)]
    const beside = by === 'owner' ? (department?.name ?? '') : ''
    const known = rows.get(key) ?? { key, name: named?.name ?? nobody, beside, counts: {}, filters }
    rows.set(key, { ...known, counts: add(known.counts, counts) })
  }
  return [...rows.values()].sort((one, other) => all(other.counts) - all(one.counts))
}

/** The list of exactly these customers. */
export function pathOf(flaw: Flaw, filters: readonly Filter[] = []): string {
  return `/customers?${new URLSearchParams({ f: JSON.stringify([['flaws', 'in', [flaw]], ...filters]) })}`
}
