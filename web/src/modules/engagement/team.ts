/** The order of a team: by default who needs help first. */
import type { Team } from './queries'

type Person = Team['people'][number]
/** How somebody stands now, and how what was due in the span has ended: a duty may be in both. */
export const nowColumns = ['open', 'overdue'] as const
export const spanColumns = ['met', 'late', 'missed', 'rate'] as const
export const teamColumns = [...nowColumns, ...spanColumns] as const
export type TeamColumn = (typeof teamColumns)[number]

/** By a column, the most first; by rate the lowest first, whoever has none last. What went wrong decides between equals. */
export function sortPeople(people: readonly Person[], by: TeamColumn): Person[] {
  const value = (person: Person) => (by === 'rate' ? -(person.rate ?? 101) : person[by])
  return [...people].sort(
    (a, b) => value(b) - value(a) || b.overdue - a.overdue || b.late - a.late || b.missed - a.missed,
  )
}
