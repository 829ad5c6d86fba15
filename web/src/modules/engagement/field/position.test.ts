import { afterEach, describe, expect, it, vi } from 'vitest'
import '../messages'
import { checkInText, locate, metres } from './position'

afterEach(() => vi.unstubAllGlobals())

const device = (act: (done: PositionCallback, failed: PositionErrorCallback) => void) =>
  vi.stubGlobal('navigator', { ...navigator, geolocation: { getCurrentPosition: act } })

describe('where the device is', () => {
  it('is told as it says, or why it says nothing', async () => {
    device((done) => done({ coords: { latitude: 31.23, longitude: 121.47, accuracy: 12 } } as GeolocationPosition))
    expect(await locate()).toEqual({ lat: 31.23, lon: 121.47, accuracy: 12 })
    device((_, failed) => failed({ code: 1 } as GeolocationPositionError))
    expect(await locate()).toEqual({ failed: 'refused' })
    device((_, failed) => failed({ code: 3 } as GeolocationPositionError))
    expect(await locate()).toEqual({ failed: 'unavailable' })
    vi.stubGlobal('navigator', {})
    expect(await locate()).toEqual({ failed: 'unavailable' })
  })

  it('is told in words that hide nothing', () => {
    expect(checkInText({ state: 'measured', distance: 35, accuracy: 12 })).toBe('距客户 35 m（±12 m）')
    expect(checkInText({ state: 'measured', distance: null, accuracy: 12 })).toBe('已定位（±12 m），客户位置未知')
    expect(checkInText({ state: 'inaccurate', distance: 1200, accuracy: 2000 })).toBe(
      '距客户 1.2 km（±2.0 km） · 位置粗略',
    )
    expect(checkInText({ state: 'refused', distance: null, accuracy: null })).toBe('未允许定位')
  })

  it('gives lengths as people do', () => {
    expect([0, 999, 1000, 9_950, 164_300].map(metres)).toEqual(['0 m', '999 m', '1.0 km', '9.9 km', '164 km'])
  })
})
