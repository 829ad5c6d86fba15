/** The days to which a reminder is mostly moved: each day once, under the name that says most. */
const DAY = 86_400_000

export type DayName = 'tomorrow' | 'after' | 'monday' | 'month_start'
export type PostponeDay = { name: DayName; date: string }

export function postponeDays(today: string): PostponeDay[] {
  const start = Date.parse(today)
  const inDays = (days: number) => new Date(start + days * DAY).toISOString().slice(0, 10)
  const untilMonday = (8 - new Date(start).getUTCDay()) % 7 || 7
  const [year = 0, month = 1] = today.split('-').map(Number)
  const monthStart = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)
  const days: PostponeDay[] = [
    { name: 'tomorrow', date: inDays(1) },
    { name: 'after', date: inDays(2) },
    { name: 'monday', date: inDays(untilMonday) },
    { name: 'month_start', date: monthStart },
  ]
  return days.filter((day, at) => days.findIndex((other) => other.date === day.date) === at)
}
