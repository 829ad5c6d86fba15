/** Wall-clock text of the company's zone ⇄ instants. */
import { timeZone } from '@/i18n'

const parts = (instant: number, zone: string): string =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(new Date(instant))

/** 'YYYY-MM-DD HH:mm:ss' as the clock on the company's wall shows it. */
export function toZoned(iso: string, zone = timeZone()): string {
  return parts(Date.parse(iso), zone)
}

/** The instant of a wall-clock time. Inside a summer-time gap it is the instant after the gap. */
export function fromZoned(wall: string, zone = timeZone()): string {
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}Z`)
  const offset = (at: number) => Date.parse(`${parts(at, zone).replace(' ', 'T')}Z`) - at
  const first = asUtc - offset(asUtc)
  return new Date(asUtc - offset(first)).toISOString()
}
