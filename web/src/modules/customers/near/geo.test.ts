import { expect, it } from 'vitest'
import { coordinates, direction, geoHref } from './geo'

it('names the direction', () => {
  expect([0, 22, 23, 90, 180, 270, 338, 359].map(direction)).toEqual(['n', 'n', 'ne', 'e', 's', 'w', 'n', 'n'])
})

it('reads what map apps copy', () => {
  expect(coordinates('31.2304, 121.4737')).toEqual({ lat: 31.2304, lon: 121.4737 })
  expect(coordinates(' -31.2，-58 ')).toEqual({ lat: -31.2, lon: -58 })
  for (const wrong of ['', '31', '91,0', '1,181', '31,121,5', 'a,b', '1;2']) expect(coordinates(wrong)).toBeUndefined()
})

it('lets no name break out of the link', () => {
  expect(geoHref(1, 2, 'a)&q="<b>')).toBe('geo:1,2?q=1,2(a)%26q%3D%22%3Cb%3E)')
})
