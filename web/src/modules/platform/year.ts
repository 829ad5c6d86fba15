/** A year of days as twelve months of weeks from Monday. */
export type CalendarDay = {
  date: string
  working: boolean
  name?: string | null
  lunar?: string | null
  festival?: string | null
  provisional: boolean
}
export type DayKind = 'work' | 'rest' | 'off' | 'makeup'
export type Month<D> = { month: number; weeks: (D | undefined)[][] }

const weekdayOf = (date: string): number => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7

/** A working weekend is a make-up day; a day off that has a name is a holiday. */
export function kindOf(day: CalendarDay): DayKind {
  const weekend = weekdayOf(day.date) >= 5
  if (day.working) return weekend && day.name ? 'makeup' : 'work'
  return day.name || !weekend ? 'off' : 'rest'
}

export function monthsOf<D extends { date: string }>(days: D[]): Month<D>[] {
  const months: Month<D>[] = []
  for (const day of days) {
    const month = Number(day.date.slice(5, 7))
    if (months.at(-1)?.month !== month) months.push({ month, weeks: [] })
    const { weeks } = months.at(-1) as Month<D>
    const column = weekdayOf(day.date)
    if (weeks.length === 0 || column === 0) weeks.push(Array.from({ length: 7 }, () => undefined))
    const week = weeks.at(-1)
    if (week) week[column] = day
  }
  return months
}
