import { describe, expect, it, vi } from 'vitest'
import { setLocale } from '@/i18n'
import '@/modules/customers'
import type { Rule } from './model'
import { deadlineOf, formatSpan, ladderOf, ownerOf, parseSpan, ruleSentence, spanWords } from './sentence'

const base = { key: 'k', name: { zh: '规则', en: 'Rule' }, owner: 'customer.owner' }
const vip: Rule = {
  ...base,
  of: { grade: ['vip'] },
  warnings: [0.8],
  ladder: [
    { after: '0', to: 'supervisor' },
    { after: '2wd', to: 'department_head' },
  ],
  quota: {
    per: 'month',
    need: [
      { what: 'contact', counts: ['contact_made', 'visit_made'], at_least: 2 },
      { what: 'visit', counts: ['visit_made'], at_least: 1 },
    ],
  },
}
const key: Rule = {
  ...base,
  of: { grade: ['key'] },
  quota: {
    per: 'month',
    need: [
      { what: 'contact', counts: ['contact_made'], at_least: 1 },
      { what: 'activity', counts: ['activity_attended'], at_least: 1 },
    ],
  },
}
const record: Rule = {
  ...base,
  owner: 'fact.actor',
  calendar: 'natural',
  within: { start: ['contact_made', 'visit_made'], stop: ['contact_recorded'], budget: '24h' },
}
const greeting: Rule = {
  ...base,
  of: { grade: ['ordinary'] },
  every: {
    per: { festivals: ['spring_festival', 'mid_autumn'], days_before: 7, days_after: 0 },
    facts: ['greeting_sent'],
  },
}

describe('a rule in one sentence', () => {
  it('says quotas, and which part is contained in which', () => {
    expect(ruleSentence(vip)).toBe('VIP 客户每月至少联系 2 次，其中至少拜访 1 次')
    expect(ruleSentence(key)).toBe('重点客户每月至少联系 1 次，并至少参加活动 1 次')
  })
  it('says clocks with their calendar', () => {
    expect(ruleSentence(record)).toBe('联系客户或拜访客户后 24 小时内（自然时间）写下联系记录')
    expect(deadlineOf(record)).toBe('24 小时内（自然时间）')
    expect(ownerOf(record)).toBe('经办人')
  })
  it('says which cases a clock is for, and what a fact must say', () => {
    const solved: Rule = {
      ...base,
      subject: 'case',
      of: { level: [2], kind: ['problem', 'complaint'] },
      within: { start: ['case_opened'], stop: ['case_solved'], budget: '24h' },
    }
    expect(ruleSentence(solved)).toBe('二级问题或投诉工单，收到工单后 24 小时内（工作时间）处理完毕')
    const mail: Rule = {
      ...base,
      subject: 'case',
      within: {
        start: [{ fact: 'case_customer_wrote', where: { by: ['email'] } }],
        stop: ['case_answered'],
        budget: '24h',
      },
    }
    expect(ruleSentence(mail)).toBe('客户发来消息（邮件）后 24 小时内（工作时间）答复客户')
  })
  it('says festivals', () => {
    expect(ruleSentence(greeting)).toBe('每逢春节或中秋节前 7 天内，对普通客户送上一次问候')
    expect(deadlineOf(greeting)).toBe('节日过完之前')
    const around = {
      ...greeting,
      every: { per: { festivals: ['new_year'], days_before: 3, days_after: 2 }, facts: ['greeting_sent'] },
    }
    expect(ruleSentence(around)).toBe('每逢元旦前 3 天至后 2 天，对普通客户送上一次问候')
  })
  it('says targets', () => {
    expect(ruleSentence({ ...base, target: { per: 'quarter', measure: '满意度', at_least: 90 } })).toBe(
      '每季度满意度不低于 90',
    )
  })
  it('marks codes it has no word for, and reports them', () => {
    const reported = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(ruleSentence({ ...base, every: { per: 'quarter', facts: ['moon_landed'] } })).toBe(
      '每季度，对每个客户“moon_landed”',
    )
    expect(reported).toHaveBeenCalledOnce()
    reported.mockRestore()
  })
  it('is whole in English', () => {
    setLocale('en')
    expect(ruleSentence(vip)).toBe('VIP customers: every month at least 2 × contact, of which at least 1 × visit')
    expect(ruleSentence(record)).toBe('Within 24 h (clock time) of a contact or a visit: write the record')
    expect(ladderOf(vip)).toContain('2 working days overdue')
  })
})

describe('the ladder', () => {
  it('tells warnings and rungs in their order', () => {
    expect(ladderOf(vip)).toBe('用时 80% 提醒责任人；到期未办报直属上级；逾期 2 个工作日报部门负责人')
    expect(ladderOf({ ...vip, warnings: [], ladder: [] })).toBe('不提醒，不上报')
  })
})

describe('spans', () => {
  it('are read as people think of them', () => {
    expect(parseSpan('24h')).toEqual({ value: 24, unit: 'h' })
    expect(parseSpan('30m')).toEqual({ value: 30, unit: 'm' })
    expect(parseSpan('1h30m')).toEqual({ value: 90, unit: 'm' })
    expect(parseSpan('2wd')).toEqual({ value: 2, unit: 'wd' })
    expect(parseSpan('0')).toEqual({ value: 0, unit: 'h' })
    for (const wrong of ['', 'h', '3 days', '2w', '-1h']) expect(parseSpan(wrong), wrong).toBeUndefined()
  })
  it('survive being written again', () => {
    for (const text of ['24h', '30m', '2wd', '0']) {
      const span = parseSpan(text)
      expect(span && formatSpan(span)).toBe(text)
    }
    expect(spanWords('odd')).toBe('odd')
  })
})
