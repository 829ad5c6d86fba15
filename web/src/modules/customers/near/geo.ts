/** Places in words and links that a phone understands. */

/** Opens the map of the phone (RFC 5870), with a pin and the name. */
export const geoHref = (lat: number, lon: number, name: string) =>
  `geo:${lat},${lon}?q=${lat},${lon}(${encodeURIComponent(name)})`

export const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const

/** Of the eight directions of the compass that in which a bearing points. */
export const direction = (bearing: number) => DIRECTIONS[Math.round(bearing / 45) % 8] ?? 'n'

/** `31.2304, 121.4737` as map apps copy it; also with a Chinese comma or a blank. */
export function coordinates(text: string): { lat: number; lon: number } | undefined {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text)
  const [lat, lon] = [Number(found?.[1]), Number(found?.[2])]
  return found && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined
}
