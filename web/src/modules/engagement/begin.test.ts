import { expect, it } from 'vitest'
import { beginOf } from './begin'
import type { Today } from './queries'

const rights =
  (...held: string[]) =>
  (entity: string, action: string) =>
    held.includes(`${entity} ${action}`)
const idle = {
  team: { due: 3, overdue: 1 },
  approvals: [] as Today['approvals'],
  in_force: true,
  sample_running: false,
  counts: { open: 0, done: 0, overdue: 0, slipped: 0, month_rate: null } as unknown as Today['counts'],
}

it('begins where there is something for one', () => {
  const manager = rights('duty read', 'duty approve', 'compliance read')
  expect(beginOf(idle, manager)).toBe('/team')
  expect(beginOf(idle, rights('duty read', 'compliance read'))).toBe('/policy/compliance')
  expect(beginOf(idle, rights('duty read'))).toBeUndefined()
  expect(beginOf({ ...idle, team: undefined }, manager), 'with duties of their own').toBeUndefined()
  const met = { ...idle.counts, month_rate: 80 }
  expect(beginOf({ ...idle, counts: met }, manager), 'who has met theirs').toBeUndefined()
  expect(beginOf({ ...idle, in_force: false }, manager), 'before anything is adopted').toBeUndefined()
  const version = { id: '1', policy: 'R3', number: 2, author: { id: '2', name: '王强' } }
  expect(beginOf({ ...idle, approvals: [version] as Today['approvals'] }, manager)).toBeUndefined()
})
