import { describe, expect, it } from 'vitest'
import type { ChartUnit, Contact } from '../queries'
import { buildChart, indent, moveOnto, type Node, outdent, shift, standing, visibleRows } from './tree'

const unit = (id: string, parent_id: string | null = null): ChartUnit => ({ id, parent_id, name: id, version: 1 })
const person = (id: string, unit_id: string | null, more: Partial<Contact> = {}) =>
  ({ id, unit_id, name: id, left: false, version: 1, ...more }) as Contact

/** boss · buying (zhang ─ li, team (wang)) · finance */
const units = [unit('buying'), unit('team', 'buying'), unit('finance')]
const people = [
  person('boss', null, { decision_maker: true, attitude: 'support' }),
  person('zhang', 'buying', { attitude: 'oppose' }),
  person('li', 'buying', { reports_to: 'zhang' }),
  person('wang', 'team', { reports_to: 'zhang' }),
  person('gone', 'team', { left: true, attitude: 'oppose' }),
]
const tree = buildChart(units, people)
const rows = visibleRows(tree, new Set())
const at = (id: string) => rows.find((row) => row.id === id) as Node

describe('the organisation chart of a customer', () => {
  it('has people before departments, and those who report to somebody beside them below them', () => {
    const drawn = rows.map((row) => `${'-'.repeat(row.depth)}${row.id}`)
    expect(drawn).toEqual(['boss', 'buying', '-zhang', '--li', '-team', '--wang', 'finance'])
    expect(visibleRows(tree, new Set(['buying'])).map((row) => row.id)).toEqual(['boss', 'buying', 'finance'])
  })
  it('loses nobody, even if two report to each other', () => {
    const ring = [person('a', 'buying', { reports_to: 'b' }), person('b', 'buying', { reports_to: 'a' })]
    expect(visibleRows(buildChart(units, ring), new Set()).filter((row) => row.person)).toHaveLength(2)
  })
  it('puts people into departments and below each other', () => {
    expect(moveOnto(at('boss'), at('finance'))).toMatchObject({ change: { unit_id: 'finance', reports_to: null } })
    expect(moveOnto(at('boss'), at('wang'))).toMatchObject({ change: { unit_id: 'team', reports_to: 'wang' } })
    expect(moveOnto(at('wang'), undefined)).toMatchObject({ change: { unit_id: null, reports_to: null } })
    expect(moveOnto(at('zhang'), at('li'))).toBeUndefined()
  })
  it('puts departments below departments, and never below themselves or people', () => {
    expect(moveOnto(at('finance'), at('buying'))).toMatchObject({ change: { parent_id: 'buying' } })
    expect(moveOnto(at('team'), undefined)).toMatchObject({ change: { parent_id: null } })
    expect(moveOnto(at('buying'), at('team'))).toBeUndefined()
    expect(moveOnto(at('finance'), at('boss'))).toBeUndefined()
  })
  it('is rearranged by keys alone', () => {
    expect(shift(tree, at('finance'), -1)).toMatchObject({ change: { place: 0 } })
    expect(shift(tree, at('finance'), 1)).toBeUndefined()
    expect(shift(tree, at('boss'), 1)).toMatchObject({ change: { unit_id: 'buying' } })
    expect(shift(tree, at('boss'), -1)).toBeUndefined()
    expect(shift(tree, at('zhang'), -1)).toMatchObject({ change: { unit_id: null } })
    expect(indent(tree, at('finance'))).toMatchObject({ change: { parent_id: 'buying' } })
    expect(outdent(at('li'))).toMatchObject({ change: { unit_id: 'buying', reports_to: null } })
    expect(outdent(at('team'))).toMatchObject({ change: { parent_id: null } })
  })
  it('counts how those who are there stand to us', () => {
    expect(standing(people)).toEqual({ decide: 1, support: 1, neutral: 0, oppose: 1 })
  })
})
