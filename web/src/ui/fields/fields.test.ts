import { describe, expect, it } from 'vitest'
import { cleanPhone, fromZoned, regionPath, toZoned, treeOf } from '.'

describe('phone', () => {
  it('is cleaned of full-width digits, spaces and dashes', () => {
    expect(cleanPhone(' １３８-1234 ５６７８ ')).toBe('13812345678')
    expect(cleanPhone('+86 (0512) 6288-1+234')).toBe('+86051262881234')
  })
})

describe('wall-clock time of a zone', () => {
  it('goes there and back', () => {
    expect(toZoned('2026-11-23T01:30:00Z', 'Asia/Shanghai')).toBe('2026-11-23 09:30:00')
    expect(fromZoned('2026-11-23 09:30:00', 'Asia/Shanghai')).toBe('2026-11-23T01:30:00.000Z')
    expect(fromZoned('2026-07-01 09:30:00', 'Europe/Berlin')).toBe('2026-07-01T07:30:00.000Z')
    expect(fromZoned('2026-12-01 09:30:00', 'Europe/Berlin')).toBe('2026-12-01T08:30:00.000Z')
  })
  it('inside the gap of summer time is the instant after it', () => {
    expect(fromZoned('2026-03-29 02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  })
})

describe('trees', () => {
  const rows = [
    { code: '320583', name: '昆山', parent: '320500' },
    { code: '320000', name: '江苏', parent: null },
    { code: '320500', name: '苏州', parent: '320000' },
    { code: '999999', name: '孤儿', parent: 'gone' },
  ]
  it('are built from flat rows in any order; nobody is lost', () => {
    const tree = treeOf(
      rows,
      (r) => r.code,
      (r) => r.name,
      (r) => r.parent,
    )
    expect(tree.map((node) => node.label)).toEqual(['江苏', '孤儿'])
    expect(tree[0]?.children?.[0]?.children?.[0]?.label).toBe('昆山')
  })
  it('give the path of a region and survive a cycle', () => {
    expect(regionPath(rows, '320583').map((r) => r.name)).toEqual(['江苏', '苏州', '昆山'])
    expect(regionPath([{ code: 'a', name: 'A', parent: 'a' }], 'a').length).toBeLessThan(6)
  })
})
