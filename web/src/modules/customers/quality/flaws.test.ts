import { expect, it } from 'vitest'
import { all, pathOf, rowsOf, total } from './flaws'

const east = { id: 'e', name: '华东' }
const li = { id: 'l', name: '李雷' }
const groups = [
  { department: east, owner: li, counts: { stale: 2, duplicate: 1 } },
  { department: east, owner: { id: 's', name: '孙丽' }, counts: { stale: 5 } },
  { department: null, owner: null, counts: { no_owner: 1 } },
]

it('adds owners up to departments and to the whole', () => {
  expect(total(groups)).toEqual({ stale: 7, duplicate: 1, no_owner: 1 })
  expect(all(total(groups))).toBe(9)
  const rows = rowsOf(groups, 'department', '无')
  expect(rows.map((row) => [row.name, row.counts.stale ?? 0])).toEqual([
    ['华东', 7],
    ['无', 0],
  ])
})

it('leads from a number to exactly its customers', () => {
  const [first] = rowsOf(groups, 'owner', '无')
  const path = pathOf('stale', first?.filters)
  expect(JSON.parse(new URLSearchParams(path.split('?')[1]).get('f') ?? '')).toEqual([
    ['flaws', 'in', ['stale']],
    ['owner', 'eq', 's'],
    ['department', 'eq', 'e'],
  ])
  expect(rowsOf(groups, 'owner', '无').at(-1)?.filters).toEqual([
    ['owner', 'empty'],
    ['department', 'empty'],
  ])
})
