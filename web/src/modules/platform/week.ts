/** The working week: seven days from Monday, each with spans of hours. */
export type Span = [from: string, to: string]
export type Week = Span[][]
export type WeekProblem = 'order' | 'overlap' | 'empty' | 'no_hours'

const minutes = (time: string): number => {
  const parts = /^(\d{2}):(\d{2})$/.exec(time)
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : Number.NaN
}
const time = (value: number): string =>
  `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`

/** What people type, as `HH:MM`: 9, 930, 9：30, 0930. What is no time stays as it was typed, to be corrected. */
export function cleanTime(text: string): string {
  const plain = text.normalize('NFKC').replace(/[\s.]/g, '')
  const parts = /^(\d{1,2}):?(\d{2})?$/.exec(plain) ?? /^(\d{1,2})(\d{2})$/.exec(plain)
  if (!parts) return text
  const value = Number(parts[1]) * 60 + Number(parts[2] ?? 0)
  return Number(parts[2] ?? 0) < 60 && value <= 24 * 60 ? time(value) : text
}

/** The first problem of a day; spans may touch but not overlap, as the server has it. */
export function dayProblem(day: Span[]): WeekProblem | undefined {
  if (day.some(([from, to]) => Number.isNaN(minutes(from)) || Number.isNaN(minutes(to)))) return 'empty'
  if (day.some(([from, to]) => minutes(from) >= minutes(to))) return 'order'
  const sorted = sortDay(day)
  return sorted.some(([from], at) => at > 0 && minutes(from) < minutes(sorted[at - 1]?.[1] ?? ''))
    ? 'overlap'
    : undefined
}

export function sortDay(day: Span[]): Span[] {
  return [...day].sort((a, b) => minutes(a[0]) - minutes(b[0]))
}

/** By day; `no_hours` stands at the first day when nobody ever works. */
export function weekProblems(week: Week): (WeekProblem | undefined)[] {
  if (week.every((day) => day.length === 0)) return ['no_hours']
  return week.map(dayProblem)
}

/** A new span after the last one: an hour later, three hours long, inside the day. */
export function withSpan(week: Week, at: number): Week {
  const last = week[at]?.at(-1)
  const from = last ? Math.min(minutes(last[1]) + 60, 22 * 60) : 9 * 60
  const span: Span = [time(from), time(Math.min(from + 180, 23 * 60 + 59))]
  return week.map((day, index) => (index === at ? [...day, span] : day))
}

export function withoutSpan(week: Week, at: number, span: number): Week {
  return week.map((day, index) => (index === at ? day.filter((_, i) => i !== span) : day))
}

export function withTime(week: Week, at: number, span: number, end: 0 | 1, value: string): Week {
  const changed = (old: Span): Span => (end === 0 ? [value, old[1]] : [old[0], value])
  return week.map((day, index) => (index === at ? day.map((old, i) => (i === span ? changed(old) : old)) : day))
}

/** The hours of one day for Monday to Friday. */
export function toWeekdays(week: Week, at: number): Week {
  const hours = week[at] ?? []
  return week.map((day, index) => (index < 5 ? hours.map(([from, to]): Span => [from, to]) : day))
}

export function weekHours(week: Week): number {
  const total = week.flat().reduce((sum, [from, to]) => sum + Math.max(0, minutes(to) - minutes(from)), 0)
  return Number.isNaN(total) ? 0 : Math.round((total / 60) * 10) / 10
}
