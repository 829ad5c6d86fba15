import { describe, expect, it } from 'vitest'
import { marginWords, spanOfSeconds } from './duty-words'
import { dutiesLink } from './links'
import { namedPeriod, readPeriod } from './period'

const span = (name: Parameters<typeof namedPeriod>[0], today: string) => {
  const { from, to } = namedPeriod(name, today)
  return [from, to]
}

describe('periods', () => {
  it('are whole', () => {
    expect(span('month', '2026-11-21')).toEqual(['2026-11-01', '2026-11-30'])
    expect(span('last_month', '2026-01-05')).toEqual(['2025-12-01', '2025-12-31'])
    expect(span('quarter', '2026-12-31')).toEqual(['2026-10-01', '2026-12-31'])
    expect(span('half_year', '2024-02-29')).toEqual(['2024-01-01', '2024-06-30'])
    expect(span('year', '2026-11-21')).toEqual(['2026-01-01', '2026-12-31'])
    expect(span('month', '2024-02-10')).toEqual(['2024-02-01', '2024-02-29'])
  })
  it('come from the address, and nonsense there is this month', () => {
    expect(readPeriod({ from: '2026-03-05', to: '2026-03-09' }, '2026-11-21')).toEqual({
      name: 'custom',
      from: '2026-03-05',
      to: '2026-03-09',
    })
    for (const wrong of [
      { from: '2026-03-09', to: '2026-03-05' },
      { from: 'x', to: 'y' },
      { period: 'century' },
    ] as Record<string, string>[]) {
      expect(readPeriod(wrong, '2026-11-21').name).toBe('month')
    }
    expect(readPeriod({ period: 'year' }, '2026-11-21').from).toBe('2026-01-01')
  })
})

describe('the list behind a number', () => {
  it('has the same conditions', () => {
    const url = new URL(
      dutiesLink({ clause: 'R3-2.1', department: 'd1', from: '2026-11-01', to: '2026-11-30' }),
      'http://x',
    )
    expect(JSON.parse(url.searchParams.get('f') ?? '')).toEqual([
      ['clause', 'in', ['R3-2.1']],
      ['department', 'eq', 'd1'],
      ['due_on', 'between', ['2026-11-01', '2026-11-30']],
    ])
  })
})

describe('margins', () => {
  it('name their two largest units', () => {
    expect(spanOfSeconds(90_061)).toBe('1 天 1 小时')
    expect(spanOfSeconds(59)).toBe('0 分钟')
    expect(marginWords(-7200)).toBe('晚了 2 小时')
    expect(marginWords(1800)).toBe('提前 30 分钟')
    expect(marginWords(null)).toBe('')
  })
})
