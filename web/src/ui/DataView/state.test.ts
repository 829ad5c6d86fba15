import { describe, expect, it } from 'vitest'
import { arrange, isChanged, move, nextSort, parseColumns, parseFilters, readState, writeState } from './state'
import type { Column } from './types'
import { filterWords } from './words'

const column = (key: string, more: Partial<Column<object>> = {}): Column<object> => ({
  key,
  title: () => key,
  kind: 'text',
  text: () => '',
  ...more,
})
const columns = [
  column('name'),
  column('grade', { width: 90 }),
  column('owner'),
  column('source', { extra: true }),
  column('secret', { filterOnly: true }),
]

describe('filters in the URL', () => {
  it('come back as they were written', () => {
    const filters = [
      ['grade', 'in', ['vip', 'key']],
      ['name', 'contains', '华 & "盛"'],
      ['staff', 'between', [1, 9]],
      ['phone', 'empty'],
    ] as never
    const params = writeState({ filters }, {})
    expect(readState(params, {}).filters).toEqual(filters)
  })
  it('drop what is malformed', () => {
    expect(parseFilters('not json')).toBeUndefined()
    expect(parseFilters('{"a":1}')).toBeUndefined()
    expect(parseFilters('[["a","drop table",1],["a","eq"],["a","in",[]],["a","eq",{"x":1}],"x",["b","eq",1]]')).toEqual(
      [['b', 'eq', 1]],
    )
  })
})

describe('view and URL', () => {
  const view = { filters: [['grade', 'in', ['vip']]], sort: 'name', dense: true } as never
  it('the URL holds only what differs from the view', () => {
    expect(writeState({ filters: [['grade', 'in', ['vip']]] }, view)).toEqual({ cursor: undefined, f: undefined })
    expect(writeState({ sort: 'name' }, view).sort).toBeUndefined()
    expect(writeState({ dense: true }, view).dense).toBeUndefined()
  })
  it('a filter or an order of the view can be taken away', () => {
    expect(readState(writeState({ filters: [] }, view), view).filters).toEqual([])
    expect(readState(writeState({ sort: undefined }, view), view).sort).toBeUndefined()
    expect(readState(writeState({ dense: false }, view), view).dense).toBe(false)
  })
  it('knows whether there is something to save', () => {
    expect(isChanged({ q: '华', open: 'c1', view: 'v1' })).toBe(false)
    expect(isChanged({ sort: '-' })).toBe(true)
  })
})

describe('columns', () => {
  it('default to the usual ones; filters are no columns', () => {
    expect(arrange(columns, undefined).map((c) => c.key)).toEqual(['name', 'grade', 'owner'])
  })
  it('keep the chosen order and widths, with the name always first', () => {
    const chosen = arrange(columns, parseColumns('source:200,gone,grade,secret'))
    expect(chosen.map((c) => [c.key, c.width])).toEqual([
      ['name', 140],
      ['source', 200],
      ['grade', 90],
    ])
  })
  it('ignore absurd widths', () => {
    expect(parseColumns('name:99999,grade:abc,owner:120')).toEqual([
      { key: 'name' },
      { key: 'grade' },
      { key: 'owner', width: 120 },
    ])
  })
  it('move within bounds', () => {
    expect(move(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(move(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b'])
  })
  it('sort in three steps', () => {
    expect([nextSort(undefined, 'a'), nextSort('a', 'a'), nextSort('-a', 'a'), nextSort('b', 'a')]).toEqual([
      'a',
      '-a',
      undefined,
      'a',
    ])
  })
})

describe('a filter in words', () => {
  const grade = column('grade', {
    kind: 'choice',
    options: () => [
      { value: 'vip', label: 'VIP' },
      { value: 'key', label: '重点' },
    ],
  })
  it('uses the labels of choices and the names of people', () => {
    expect(filterWords(['grade', 'in', ['vip', 'key']], [grade], new Map())).toBe('grade 属于 VIP、重点')
    expect(filterWords(['owner', 'eq', 'u1'], [column('owner', { kind: 'person' })], new Map([['u1', '李思远']]))).toBe(
      'owner 是 李思远',
    )
    expect(filterWords(['at', 'ge', '2026-11-23'], [column('at', { kind: 'date' })], new Map())).toBe(
      'at 晚于 2026年11月23日',
    )
    expect(filterWords(['grade', 'empty'], [grade], new Map())).toBe('grade 为空')
  })
})
