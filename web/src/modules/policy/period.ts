/** The period of a report: a name that stays true tomorrow, or two dates. */
import { civilDate, now } from '@/i18n'

export const PERIODS = ['month', 'last_month', 'quarter', 'half_year', 'year', 'custom'] as const
export type PeriodName = (typeof PERIODS)[number]
export type Period = { name: PeriodName; from: string; to: string }

const pad = (n: number) => String(n).padStart(2, '0')
const first = (year: number, month: number) =>
  `${year + Math.floor(month / 12)}-${pad((((month % 12) + 12) % 12) + 1)}-01`
const lastDay = (year: number, month: number) => new Date(Date.UTC(year, month + 1, 0)).toISOString().slice(0, 10)

/** `months` from the month counted from 0; the whole of them, also what is still to come. */
function months(name: PeriodName, year: number, month: number, length: number): Period {
  return { name, from: first(year, month), to: lastDay(year, month + length - 1) }
}

export function namedPeriod(name: PeriodName, today: string = civilDate(now())): Period {
  const year = Number(today.slice(0, 4))
  const month = Number(today.slice(5, 7)) - 1
  switch (name) {
    case 'last_month':
      return months(name, year, month - 1, 1)
    case 'quarter':
      return months(name, year, Math.floor(month / 3) * 3, 3)
    case 'half_year':
      return months(name, year, Math.floor(month / 6) * 6, 6)
    case 'year':
      return months(name, year, 0, 12)
    default:
      return months('month', year, month, 1)
  }
}

const isDate = (text: string | undefined): text is string => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '')

/** From the address; what is malformed there falls back to this month. */
export function readPeriod(search: Record<string, string>, today?: string): Period {
  const { from, to, period } = search
  if (isDate(from) && isDate(to) && from <= to) return { name: 'custom', from, to }
  return namedPeriod((PERIODS as readonly string[]).includes(period ?? '') ? (period as PeriodName) : 'month', today)
}
