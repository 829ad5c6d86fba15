/** The spans of time a manager looks at, as civil dates of the company. The present month goes on to its end, as in the
 * report of compliance: a quota of the month that was kept early counts in both. */
export type SpanName = 'month' | 'last' | 'quarter'
export const spanNames: readonly SpanName[] = ['month', 'last', 'quarter']

const iso = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)

export function spanOf(name: SpanName, today: string): { from: string; to: string } {
  const [year = 0, month = 1] = today.split('-').map(Number)
  const first = month - 1
  if (name === 'last') return { from: iso(year, first - 1, 1), to: iso(year, first, 0) }
  return { from: iso(year, name === 'quarter' ? first - 2 : first, 1), to: iso(year, first + 1, 0) }
}

/** Every day of a span: those without anything late are zero. */
export function eachDay<T extends { date: string }>(
  from: string,
  to: string,
  found: readonly T[],
  none: (date: string) => T,
): T[] {
  const known = new Map(found.map((day) => [day.date, day]))
  const days: T[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000) {
    const date = new Date(at).toISOString().slice(0, 10)
    days.push(known.get(date) ?? none(date))
  }
  return days
}
