import type { Filter } from '@/api'

type Drill = { clause?: string; owner?: string; department?: string; from?: string; to?: string; states?: string[] }

/** The list of duties behind a number. */
export function dutiesLink({ clause, owner, department, from, to, states }: Drill): string {
  const filter: Filter[] = []
  if (clause) filter.push(['clause', 'in', [clause]])
  if (owner) filter.push(['owner', 'eq', owner])
  if (department) filter.push(['department', 'eq', department])
  if (from && to) filter.push(['due_on', 'between', [from, to]])
  if (states) filter.push(['state', 'in', states])
  return `/policy/duties?${new URLSearchParams({ f: JSON.stringify(filter) })}`
}
