import { describe, expect, it } from 'vitest'
import type { CustomField } from '@/api'
import { customChanged, customInitial, customText } from './custom'

const field = (key: string, kind: CustomField['kind'], more: Partial<CustomField> = {}): CustomField => ({
  key,
  kind,
  entity: 'customer',
  class: 'ordinary',
  zh: key,
  en: key,
  help: null,
  required: false,
  searchable: false,
  choices: [],
  ...more,
})

const choices = [
  { id: 1, zh: '直营', en: 'Direct', retired: false },
  { id: 2, zh: '代理', en: '', retired: true },
]
const fields = [
  field('x1', 'text'),
  field('x2', 'number'),
  field('x3', 'choice', { choices }),
  field('x4', 'multi', { choices }),
  field('x5', 'person'),
  field('x6', 'text', { class: 'personal' }),
]
const held = {
  x1: 'HT-7',
  x2: 0.13,
  x3: 2,
  x4: [1, 2],
  x5: { id: 'p', name: '孙丽' },
  x6: { masked: '***' },
}

describe('fields that the company has added', () => {
  it('are said in words', () => {
    const words = fields.map((one) => customText(one, held[one.key as keyof typeof held]))
    expect(words).toEqual(['HT-7', '0.13', '代理', '直营、代理', '孙丽', '***'])
    expect(fields.map((one) => customText(one, undefined)).join('')).toBe('')
  })

  it('go back to the server as it has them, and only what was changed', () => {
    const before = customInitial(fields, held)
    expect(before).toEqual({ x1: 'HT-7', x2: 0.13, x3: '2', x4: ['1', '2'], x5: 'p', x6: '' })
    expect(customChanged(fields, before, before)).toBeUndefined()
    const after = { ...before, x1: '  ', x3: '1', x4: [], x5: null, x6: '收藏茶壶' }
    expect(customChanged(fields, after, before)).toEqual({ x1: null, x3: 1, x4: [], x5: null, x6: '收藏茶壶' })
  })

  it('wait in the form as files, and are not sent with the rest', () => {
    const files = [field('x1', 'text'), field('x7', 'file')]
    const before = customInitial(files)
    const chosen = { ...before, x7: new File(['%PDF-1.7'], '合同.pdf') }
    expect(customChanged(files, chosen, before)).toBeUndefined()
    expect(customChanged(files, { ...chosen, x1: 'HT-7' }, before)).toEqual({ x1: 'HT-7' })
    expect(customChanged(files, { ...before, x7: { id: 'f', name: '合同.pdf' } }, before)).toEqual({
      x7: { id: 'f', name: '合同.pdf' },
    })
  })

  it('are empty in a form where nothing stands', () => {
    expect(customInitial(fields)).toEqual({ x1: '', x2: null, x3: null, x4: [], x5: null, x6: '' })
  })
})
