import { describe, expect, it } from 'vitest'
import type { ImportColumn, ImportRow } from '../queries'
import {
  assign,
  bodyOf,
  contactTargets,
  countsOf,
  faultsOf,
  isNotable,
  mappingOf,
  outcomes,
  problemsOf,
  replaced,
  replacementsOf,
  slotOf,
  stepOf,
  takenOf,
} from './state'

const column = (index: number, heading: string, field?: string): ImportColumn => ({
  index,
  heading,
  field,
  samples: [],
})
const columns = [column(0, '公司名称', 'name'), column(1, '手机', 'contact.phone'), column(3, '备注2')]

describe('the mapping', () => {
  it('begins with what the server recognised', () => {
    expect(mappingOf(columns)).toEqual({ 0: 'name', 1: 'contact.phone' })
  })
  it('assigns and leaves out', () => {
    const mapping = assign(mappingOf(columns), 3, 'notes')
    expect(mapping).toEqual({ 0: 'name', 1: 'contact.phone', 3: 'notes' })
    expect(assign(mapping, 1, null)).toEqual({ 0: 'name', 3: 'notes' })
  })
  it('needs a name, and each field once but those that are put together', () => {
    expect(faultsOf({ 0: 'name' })).toEqual([])
    expect(faultsOf({ 0: 'phone', 1: 'phone' })).toEqual([{ kind: 'need_name' }, { kind: 'twice', field: 'phone' }])
    expect(faultsOf({ 0: 'name', 1: 'region', 2: 'region', 3: 'tags', 4: 'tags' })).toEqual([])
  })
  it('is sent with every column; empty defaults are left out', () => {
    const body = bodyOf(columns, { 0: 'name' }, 'update', { owner_id: 'u1', source: null, grade: null })
    expect(body).toEqual({
      columns: [
        { index: 0, field: 'name' },
        { index: 1, field: null },
        { index: 3, field: null },
      ],
      duplicates: 'update',
      defaults: { owner_id: 'u1' },
      replacements: [],
    })
  })
})

describe('values read in place of others', () => {
  const industry = { ...column(2, '行业', 'industry'), replacements: { 食品: 'C', 其他: null } }
  const kept = [
    { index: 2, from: '食品', to: 'C' },
    { index: 2, from: '其他', to: null },
  ]
  it('are kept while their column goes where it went', () => {
    expect(replacementsOf([industry], { 2: 'industry' })).toEqual(kept)
    expect(replacementsOf([industry], { 2: 'source' })).toEqual([])
    expect(replacementsOf([industry], {})).toEqual([])
  })
  it('stand once for each value and can be taken back', () => {
    const other = replaced(kept, { index: 2, from: '其他' }, 'A')
    expect(other).toEqual([kept[0], { index: 2, from: '其他', to: 'A' }])
    expect(replaced(other, { index: 2, from: '食品' }, undefined)).toEqual([{ index: 2, from: '其他', to: 'A' }])
    expect(replaced(kept, { index: 4, from: '食品' }, null)).toHaveLength(3)
  })
  it('are sent with the mapping', () => {
    const defaults = { owner_id: null, source: null, grade: null }
    expect(bodyOf([industry], { 2: 'industry' }, 'skip', defaults, kept).replacements).toEqual(kept)
  })
})

describe('several contacts in a row', () => {
  it('are offered as many as the sheet has, and one more', () => {
    expect(slotOf('contact.phone')).toBe(1)
    expect(slotOf('contact3.phone')).toBe(3)
    expect(slotOf('phone')).toBe(0)
    expect(contactTargets([], {}).map((fields) => fields[0])).toEqual(['contact.name', 'contact2.name'])
    const many = contactTargets([column(0, '联系人9', 'contact9.name')], {})
    expect(many).toHaveLength(9)
    expect(many[8]?.[4]).toBe('contact9.phone')
  })
})

describe('problems of a row', () => {
  const row: ImportRow = {
    row: 7,
    outcome: 'rejected',
    cells: ['', '13x', '', ''],
    problems: [
      { field: 'contact.phone', code: 'phone.invalid', level: 'error' },
      { field: 'region', code: 'region.unknown', level: 'warning', column: 3 },
      { field: '', code: 'row.is_total', level: 'error' },
    ],
  }
  it('stand at their cells, the others at the row', () => {
    const { cells, whole } = problemsOf(row, mappingOf(columns))
    expect([...cells].map(([index, found]) => [index, found.map((one) => one.code)])).toEqual([
      [1, ['phone.invalid']],
      [3, ['region.unknown']],
    ])
    expect(whole.map((problem) => problem.code)).toEqual(['row.is_total'])
  })
  it('and doubles are worth a look, a new customer without a flaw is not', () => {
    const fine = { ...row, outcome: 'created' as const, problems: [] }
    expect(isNotable(row)).toBe(true)
    expect(isNotable({ ...fine, outcome: 'merged', same_as_row: 3 })).toBe(true)
    expect(isNotable({ ...row, outcome: 'created' })).toBe(true)
    expect(isNotable(fine)).toBe(false)
  })
})

it('the counts of a run add up to its rows', () => {
  const result = { rows: 6, accepted: 2, created: 1, merged: 1, updated: 0, skipped: 1, rejected: 3, contacts: 1 }
  const counts = countsOf(result)
  expect(counts).toEqual({ created: 1, merged: 1, updated: 0, skipped: 1, rejected: 3 })
  expect(outcomes.reduce((sum, outcome) => sum + counts[outcome], 0)).toBe(result.rows)
  expect(takenOf(counts)).toBe(result.accepted)
})

it('finds the step of an address', () => {
  expect(stepOf({})).toBe('file')
  expect(stepOf({ id: 'i' })).toBe('map')
  expect(stepOf({ id: 'i', step: 'check' })).toBe('check')
  expect(stepOf({ id: 'i', step: 'check', job: 'j' })).toBe('run')
})

it('asks a sheet of orders whose they are and of which day', () => {
  expect(faultsOf({ 0: 'cooperation.number' }, 'cooperation')).toEqual([
    { kind: 'need_happened_on' },
    { kind: 'need_customer' },
  ])
  expect(faultsOf({ 0: 'cooperation.credit_code', 1: 'cooperation.happened_on' }, 'cooperation')).toEqual([])
})
