/** Numbers, money and time as people read them, in the company's time zone and the chosen language. */
import { type Locale, locale } from './t'

let zone = 'Asia/Shanghai'
let clock: () => number = () => Date.now()

export function setZone(next: string): void {
  zone = next
}
export function timeZone(): string {
  return zone
}
/** The server's clock leads: the difference is measured once at login, so a wrong laptop clock shows no false deadline. */
export function setServerNow(iso: string): void {
  const skew = Date.parse(iso) - Date.now()
  if (Number.isFinite(skew)) clock = () => Date.now() + skew
}
export function now(): number {
  return clock()
}

const tags: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' }
const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()

function dates(options: Intl.DateTimeFormatOptions, inZone = zone): Intl.DateTimeFormat {
  const key = `d${locale()}${inZone}${JSON.stringify(options)}`
  const made = cache.get(key) ?? new Intl.DateTimeFormat(tags[locale()], { ...options, timeZone: inZone })
  cache.set(key, made)
  return made as Intl.DateTimeFormat
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale()}${JSON.stringify(options)}`
  const made = cache.get(key) ?? new Intl.NumberFormat(tags[locale()], options)
  cache.set(key, made)
  return made as Intl.NumberFormat
}

export function count(value: number, digits = 2): string {
  return numbers({ maximumFractionDigits: digits }).format(value)
}

/** 0.863 → 86.3%; whole percentages stay short. */
export function percent(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined
    ? '–'
    : numbers({ style: 'percent', maximumFractionDigits: digits }).format(value)
}

/** Fen → ¥1,234.50. `short` writes 万 and 亿 (k, m and bn in English). */
export function money(fen: number | null | undefined, short = false): string {
  if (fen === null || fen === undefined) return '–'
  const yuan = fen / 100
  if (!short || Math.abs(yuan) < 10_000) {
    return numbers({ style: 'currency', currency: 'CNY', minimumFractionDigits: fen % 100 === 0 ? 0 : 2 })
      .format(yuan)
      .replace('CN¥', '¥')
  }
  const sign = yuan < 0 ? '-' : ''
  const size = Math.abs(yuan)
  const steps: [number, string][] =
    locale() === 'zh'
      ? [
          [1e8, '亿'],
          [1e4, '万'],
        ]
      : [
          [1e9, 'bn'],
          [1e6, 'm'],
          [1e3, 'k'],
        ]
  for (const [unit, name] of steps) {
    // 99 999 950 yuan is 1亿 when rounded, not 10000万.
    if (size >= unit * 0.99995)
      return `${sign}¥${numbers({ maximumFractionDigits: size / unit < 100 ? 2 : 0 }).format(size / unit)}${name}`
  }
  return money(fen)
}

/** A civil date 'YYYY-MM-DD' (no zone) or an instant. */
export function date(value: string | null | undefined): string {
  if (!value) return '–'
  const civil = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: locale() === 'zh' ? 'long' : 'short',
    day: 'numeric',
  }
  return dates(options, civil ? 'UTC' : zone).format(new Date(value))
}

export function dateTime(value: string | null | undefined): string {
  if (!value) return '–'
  const instant = new Date(value)
  const sameYear = civilDate(instant.getTime()).slice(0, 4) === civilDate(now()).slice(0, 4)
  const options: Intl.DateTimeFormatOptions = {
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }
  const english: Intl.DateTimeFormatOptions = locale() === 'en' ? { month: 'short' } : {}
  return dates({ ...options, ...english, ...(sameYear ? {} : { year: 'numeric' }) }).format(instant)
}

/** 11/23 / 23 Nov of a civil date or an instant: where there is little room. */
export function shortDay(value: string): string {
  const civil = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const options: Intl.DateTimeFormatOptions = { month: locale() === 'zh' ? 'numeric' : 'short', day: 'numeric' }
  return dates(options, civil ? 'UTC' : zone).format(new Date(value))
}

/** A deadline. Midnight ends a day and is said as that day, or people would count on one day more. */
export function dueText(value: string | null | undefined): string {
  if (!value) return '–'
  const instant = Date.parse(value)
  const day = civilDate(instant - 1)
  if (civilDate(instant) === day) return dateTime(value)
  const said = day.slice(0, 4) === civilDate(now()).slice(0, 4) ? shortDay(day) : date(day)
  return locale() === 'zh' ? `${said} 当天` : `end of ${said}`
}

/** How many calendar days an instant is behind. */
export function daysSince(value: string, at: number = now()): number {
  return Math.round((Date.parse(civilDate(at)) - Date.parse(civilDate(Date.parse(value)))) / 86_400_000)
}

/** The time of day of an instant. */
export function time(value: string): string {
  return dates({ hour: '2-digit', minute: '2-digit', hour12: false }).format(new Date(value))
}

/** 11月23日 / 23 Nov of a civil date or an instant, where the year is plain. */
export function monthDay(value: string): string {
  const civil = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const options: Intl.DateTimeFormatOptions = { month: locale() === 'zh' ? 'long' : 'short', day: 'numeric' }
  return dates(options, civil ? 'UTC' : zone).format(new Date(value))
}

/** 周一 / Mon of a civil date. */
export function weekday(civil: string): string {
  return dates({ weekday: 'short' }, 'UTC').format(new Date(civil))
}

/** The civil date of an instant in the company's zone. */
export function civilDate(instant: number): string {
  const key = `c${zone}`
  const made =
    cache.get(key) ??
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  cache.set(key, made)
  return (made as Intl.DateTimeFormat).format(new Date(instant))
}

/** The Monday of the week that holds a civil date. */
export function weekStart(civil: string): string {
  const day = new Date(`${civil}T00:00:00Z`)
  const sinceMonday = (day.getUTCDay() + 6) % 7
  return new Date(day.getTime() - sinceMonday * 86_400_000).toISOString().slice(0, 10)
}

const relative = () => new Intl.RelativeTimeFormat(tags[locale()], { numeric: 'auto' })

function dayDifference(instant: number): number {
  return Math.round((Date.parse(civilDate(instant)) - Date.parse(civilDate(now()))) / 86_400_000)
}

/** 3分钟前, 昨天, 12天前; a date once it is more than a month away. Days are calendar days, as people count them. */
export function ago(value: string | null | undefined): string {
  if (!value) return '–'
  const civil = /^\d{4}-\d{2}-\d{2}$/.test(value)
  const instant = Date.parse(value)
  const days = civil ? Math.round((instant - Date.parse(civilDate(now()))) / 86_400_000) : dayDifference(instant)
  if (Math.abs(days) > 31) return date(value)
  if (days !== 0 || civil) return relative().format(days, 'day')
  const minutes = Math.round((instant - now()) / 60_000)
  return Math.abs(minutes) < 60
    ? relative().format(minutes, 'minute')
    : relative().format(Math.round(minutes / 60), 'hour')
}

export type Urgency = 'late' | 'soon' | 'calm'
export type RemainingTime = { text: string; urgency: Urgency }

/**
 * 剩 3 小时 / 逾期 2 天. Rounded down, so that nobody is promised time that is not there. From the instant on at which
 * it was proposed to act, it asks for it.
 */
export function remaining(due: string, at: number = now(), act?: string | null): RemainingTime {
  const ms = Date.parse(due) - at
  const late = ms < 0
  // Never "0 minutes": what is due this minute has one left, what has just passed is one late.
  const minutes = Math.max(1, Math.floor(Math.abs(ms) / 60_000))
  const [value, unit]: [number, 'd' | 'h' | 'm'] =
    minutes >= 2880
      ? [Math.floor(minutes / 1440), 'd']
      : minutes >= 60
        ? [Math.floor(minutes / 60), 'h']
        : [minutes, 'm']
  const units = { zh: { d: '天', h: '小时', m: '分钟' }, en: { d: 'd', h: 'h', m: 'min' } }[locale()]
  const span = `${value} ${units[unit]}`
  const text = locale() === 'zh' ? `${late ? '逾期' : '剩'} ${span}` : late ? `${span} overdue` : `${span} left`
  if (!late && act && Date.parse(act) <= at) {
    return { text: locale() === 'zh' ? `该动手了，${text}` : `time to act, ${text}`, urgency: 'soon' }
  }
  return { text, urgency: late ? 'late' : ms < 86_400_000 ? 'soon' : 'calm' }
}

/** Several words in one line: 甲、乙、丙 / A, B and C. */
export function list(words: string[], last: 'and' | 'or' = 'and'): string {
  if (locale() === 'zh') return words.length > 1 && last === 'or' ? words.join('或') : words.join('、')
  const head = words.slice(0, -1).join(', ')
  return head ? `${head} ${last} ${words.at(-1)}` : (words[0] ?? '')
}
