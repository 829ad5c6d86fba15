import { describe, expect, it } from 'vitest'
import { buildTree, canMove, type Department, indent, moveInto, outdent, shift, visibleRows } from './tree'

const make = (id: string, parent: string | null, position = 0): Department => ({
  id,
  name: id,
  parent_id: parent,
  position,
  version: 1,
})
/** root ─ sales ─ (east ─ shanghai), south · service */
const all = [
  make('root', null),
  make('sales', 'root', 0),
  make('service', 'root', 1),
  make('east', 'sales', 0),
  make('south', 'sales', 1),
  make('shanghai', 'east'),
]
const ids = (closed: string[] = []) =>
  visibleRows(buildTree(all), new Set(closed)).map((row) => `${'-'.repeat(row.depth)}${row.id}`)

describe('the tree of departments', () => {
  it('stands in its order, and hides what is closed', () => {
    expect(ids()).toEqual(['root', '-sales', '--east', '---shanghai', '--south', '-service'])
    expect(ids(['sales'])).toEqual(['root', '-sales', '-service'])
  })
  it('lets nothing go below itself, and keeps the root', () => {
    expect(canMove(all, 'sales', 'shanghai')).toBe(false)
    expect(canMove(all, 'sales', 'sales')).toBe(false)
    expect(canMove(all, 'root', 'sales')).toBe(false)
    expect(canMove(all, 'east', 'sales')).toBe(false)
    expect(canMove(all, 'east', 'service')).toBe(true)
    expect(moveInto(all, 'sales', 'east')).toEqual([])
  })
  it('moves to the end of another department', () => {
    expect(moveInto(all, 'shanghai', 'sales')).toEqual([
      { id: 'shanghai', version: 1, change: { parent_id: 'sales', position: 2 } },
    ])
  })
  it('changes the order with as few changes as there are', () => {
    expect(shift(all, 'south', -1).map(({ id, change }) => [id, change.position])).toEqual([
      ['south', 0],
      ['east', 1],
    ])
    expect(shift(all, 'east', -1)).toEqual([])
    expect(shift(all, 'root', 1)).toEqual([])
    const equal = [make('root', null), make('a', 'root', 5), make('b', 'root', 5), make('c', 'root', 5)]
    expect(shift(equal, 'c', -1).map(({ id, change }) => [id, change.position])).toEqual([
      ['a', 0],
      ['c', 1],
      ['b', 2],
    ])
  })
  it('goes in and out by the keyboard', () => {
    expect(indent(all, 'south')[0]?.change.parent_id).toBe('east')
    expect(indent(all, 'east')).toEqual([])
    expect(outdent(all, 'shanghai')[0]?.change.parent_id).toBe('sales')
    expect(outdent(all, 'sales')).toEqual([])
  })
})
