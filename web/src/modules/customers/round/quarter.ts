/** Quarters by their first day. */
import { civilDate, now } from '@/i18n'

export type Quarter = { from: string; to: string; year: number; number: number }

const pad = (n: number) => String(n).padStart(2, '0')

/** The quarter that a day lies in; this one when there is no day to read. */
export function quarterOf(day: string | undefined, today: string = civilDate(now())): Quarter {
  const [, year, month] = /^(\d{4})-(\d{2})-\d{2}$/.exec(day ?? '') ?? /^(\d{4})-(\d{2})/.exec(today) ?? []
  return quarter(Number(year), Math.floor((Number(month) - 1) / 3))
}

function quarter(year: number, index: number): Quarter {
  const first = index * 3
  const to = new Date(Date.UTC(year, first + 3, 0)).toISOString().slice(0, 10)
  return { from: `${year}-${pad(first + 1)}-01`, to, year, number: index + 1 }
}

export function beside({ year, number }: Quarter, step: -1 | 1): Quarter {
  const at = year * 4 + number - 1 + step
  return quarter(Math.floor(at / 4), at % 4)
}
