/** Where this device is, as it says itself; asked for only when somebody checks in or looks who is near. */
import { count } from '@/i18n'
import { t } from '../messages'
import type { Interaction } from '../queries'
import type { CheckIn } from '../record'

const OPTIONS: PositionOptions = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 }
/** `GeolocationPositionError.PERMISSION_DENIED`. */
const DENIED = 1

export function locate(): Promise<CheckIn> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve({ failed: 'unavailable' })
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => resolve({ lat: latitude, lon: longitude, accuracy }),
      ({ code }) => resolve({ failed: code === DENIED ? 'refused' : 'unavailable' }),
      OPTIONS,
    )
  })
}

export type Standing = NonNullable<Interaction['check_in']>
export const checkIns = ['measured', 'inaccurate', 'refused', 'unavailable'] as const

/** 350 m, 1.2 km. */
export function metres(length: number): string {
  return length < 1000 ? `${count(length)} m` : `${(length / 1000).toFixed(length < 10_000 ? 1 : 0)} km`
}

/** 距客户 35 m（±12 m）; or why nothing is known. */
export function checkInText({ state, distance, accuracy }: Standing): string {
  if (state === 'refused' || state === 'unavailable') return t(`check_in.${state}`)
  const exact = metres(accuracy ?? 0)
  const away = typeof distance === 'number' ? t('check_in.away', { away: metres(distance), exact }) : undefined
  return [away ?? t('check_in.no_place', { exact }), state === 'inaccurate' && t('check_in.inaccurate')]
    .filter(Boolean)
    .join(' · ')
}
