import { describe, expect, it } from 'vitest'
import { setLocale } from '@/i18n'
import type { Param, Policy, RuleView } from './model'
import { mergeChapters } from './model'
import { applied, problemsOf, toChanges, toDraft, valueOf, valueWords, withValue } from './params'

const both = (text: string) => ({ zh: text, en: text })
const times: Param = {
  path: 'quota.need.0.at_least',
  name: both('联系次数'),
  kind: 'count',
  value: 2,
  min: 1,
  max: 100,
}
const grades: Param = {
  path: 'of.grade',
  name: both('适用对象'),
  kind: 'choices',
  value: ['vip'],
  options: ['vip', 'key'],
}
const rule: RuleView = {
  key: 'vip-contact',
  name: both('VIP'),
  owner: 'customer.owner',
  params: [times, grades],
  definition: {
    key: 'vip-contact',
    name: both('VIP'),
    owner: 'customer.owner',
    of: { grade: ['vip'] },
    quota: { per: 'month', need: [{ what: 'contact', counts: ['contact_made'], at_least: 2 }] },
  },
}
const clause = { id: 'R3-2.1', title: both(''), text: both(''), see: [], executable: true, rules: [rule] }
const policy: Policy = {
  key: 'R3',
  title: both('手册'),
  summary: both(''),
  adopted: true,
  chapters: [{ key: 'C', clauses: [clause] }],
}

describe('the draft of a version', () => {
  it('keeps only what differs', () => {
    const three = withValue({}, 'vip-contact', times, 3)
    expect(toChanges(three)).toEqual([{ rule: 'vip-contact', params: { 'quota.need.0.at_least': 3 } }])
    expect(valueOf(three, 'vip-contact', times)).toBe(3)
    expect(withValue(three, 'vip-contact', times, 2)).toEqual({})
  })
  it('changes one parameter without the others', () => {
    const draft = withValue(withValue({}, 'vip-contact', times, 3), 'vip-contact', grades, ['vip', 'key'])
    expect(withValue(draft, 'vip-contact', times, 2)).toEqual({ 'vip-contact': { 'of.grade': ['vip', 'key'] } })
    expect(toDraft(toChanges(draft))).toEqual(draft)
  })
  it('shows the rule as it would be, and leaves the one in force alone', () => {
    const next = applied(rule, { 'vip-contact': { 'quota.need.0.at_least': 5, 'of.grade': ['key'] } })
    expect(next.quota?.need[0]?.at_least).toBe(5)
    expect(next.of).toEqual({ grade: ['key'] })
    expect(rule.definition.quota?.need[0]?.at_least).toBe(2)
  })
  it('complains at the field, before the server does', () => {
    const texts = { empty: '空', range: (low: number, high: number) => `${low}-${high}` }
    const problems = (path: string, value: unknown) => problemsOf(policy, { 'vip-contact': { [path]: value } }, texts)
    expect(problems(times.path, 0)).toEqual({ 'vip-contact.quota.need.0.at_least': '1-100' })
    expect(problems(times.path, null)).toEqual({ 'vip-contact.quota.need.0.at_least': '空' })
    expect(problems(grades.path, [])).toEqual({ 'vip-contact.of.grade': '空' })
    expect(problems(times.path, 100)).toEqual({})
  })
})

describe('values in words', () => {
  it('follow their place', () => {
    expect(valueWords('quota.per', 'half_year')).toBe('每半年')
    expect(valueWords('within.budget', '24h')).toBe('24 小时')
    expect(valueWords('warnings', [0.5, 0.8])).toBe('50%、80%')
    expect(valueWords('ladder', [{ after: '1wd', to: 'department_head' }])).toBe('逾期 1 个工作日报部门负责人')
    expect(valueWords('ladder', [])).toBe('无')
    expect(valueWords('pausable', false)).toBe('否')
    expect(valueWords('every.per.festivals', ['spring_festival', 'lantern'])).toBe('春节、元宵节')
    expect(valueWords('quota.need.0.at_least', 3)).toBe('3')
    setLocale('en')
    expect(valueWords('calendar', 'natural')).toBe('clock time')
  })
})

describe('the book of all regulations', () => {
  it('has the chapters in the order of the handbook', () => {
    const other = {
      ...policy,
      key: 'R0',
      chapters: [
        { key: 'A', clauses: [clause] },
        { key: 'G+', clauses: [clause] },
      ],
    }
    const book = mergeChapters([
      policy,
      other,
      {
        ...policy,
        chapters: [
          { key: 'C', clauses: [clause] },
          { key: 'G', clauses: [clause] },
        ],
      },
    ])
    expect(book.map((chapter) => [chapter.key, chapter.clauses.length])).toEqual([
      ['A', 1],
      ['C', 2],
      ['G', 1],
      ['G+', 1],
    ])
  })
})
