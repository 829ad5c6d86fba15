import { describe, expect, it } from 'vitest'
import type { CustomField } from '@/api'
import type { Customer } from '../queries'
import { compared, taken } from './fields'

const customer = (values: Partial<Customer>) =>
  ({ tags: [], kind: 'company', grade: 'ordinary', ...values }) as Customer

describe('two customers side by side', () => {
  const one = customer({ name: '华盛机械', address: '一号', tags: ['甲'] })
  const other = customer({ name: '华盛机械厂', notes: '老客户', address: '一号', tags: ['乙'] })
  const rows = compared(one, other)

  it('shows what differs first, and nothing that neither has', () => {
    expect(rows.map((row) => row.key)).toEqual(['name', 'notes', 'tags', 'kind', 'grade', 'address'])
  })

  it('lets one choose only where both have a value and one of them can stay', () => {
    expect(rows.filter((row) => row.choice).map((row) => row.key)).toEqual(['name'])
  })

  it('offers the fields that the company added like the others', () => {
    const field = { key: 'x1', kind: 'text', zh: '合同编号', en: 'Contract' } as CustomField
    const [with1, with2] = ['HT-1', 'HT-2'].map((x1) => customer({ name: '华盛', custom: { x1 } }))
    const added = compared(with1 as Customer, with2 as Customer, [field])
    expect(taken(added, 0, { x1: 1 })).toEqual(['x1'])
  })

  it('takes from the one that goes what was chosen there', () => {
    expect(taken(rows, 0, {})).toEqual([])
    expect(taken(rows, 0, { name: 1, address: 1 })).toEqual(['name'])
    expect(taken(rows, 1, { name: 0 })).toEqual(['name'])
    expect(taken(rows, 1, { name: 1 })).toEqual([])
  })
})
