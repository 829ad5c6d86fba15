import { expect, it } from 'vitest'
import { sortPeople } from './team'

const person = (id: string, rate: number | null, late: number, open = 0) => ({
  id,
  name: id,
  open,
  overdue: 0,
  met: 1,
  late,
  missed: 0,
  rate,
})

it('puts the lowest rate first, then who was late most, and whoever has no rate last', () => {
  const people = [person('new', null, 0), person('good', 100, 0), person('poor', 40, 3), person('also', 40, 5)]
  expect(sortPeople(people, 'rate').map((one) => one.id)).toEqual(['also', 'poor', 'good', 'new'])
})

it('puts the most first by any other column', () => {
  const people = [person('few', 40, 0, 3), person('many', 100, 0, 9)]
  expect(sortPeople(people, 'open').map((one) => one.id)).toEqual(['many', 'few'])
})
