/** A rule in one sentence, put together from its typed parts; what a form changes, the sentence changes. */
import { list, locale, lookup } from '@/i18n'
import type { Both, Need, Per, Rule, Rung, Selector } from './model'
import { vocabulary as t } from './vocabulary'

export function say(text: Both | null | undefined): string {
  return text?.[locale()] ?? ''
}

/**
 * A word of the policy vocabulary; what a company calls its own is said as it is. A code that the console has no word
 * for is marked as foreign and reported.
 */
export function term(prefix: string, word: string): string {
  const known = lookup(`${prefix}.${word}`)
  if (known !== undefined) return known
  if (!/^[\w.-]+$/.test(word)) return word
  console.error(`The policy vocabulary has no word for ${prefix}.${word}`)
  return `“${word}”`
}

export type SpanParts = { value: number; unit: 'm' | 'h' | 'wd' }

/** `24h` → 24 hours, `1h30m` → 90 minutes; `undefined` for what is no span. */
export function parseSpan(text: string): SpanParts | undefined {
  if (text === '0') return { value: 0, unit: 'h' }
  const days = /^(\d+)wd$/.exec(text)
  if (days) return { value: Number(days[1]), unit: 'wd' }
  const clock = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(text)
  if (!text || !clock) return undefined
  const minutes = Number(clock[1] ?? 0) * 60 + Number(clock[2] ?? 0)
  return minutes % 60 === 0 ? { value: minutes / 60, unit: 'h' } : { value: minutes, unit: 'm' }
}

export function formatSpan({ value, unit }: SpanParts): string {
  return value === 0 ? '0' : `${value}${unit}`
}

export function spanWords(text: string): string {
  const span = parseSpan(text)
  return span ? t(`span.${span.unit}`, { n: span.value }) : text
}

function facts(selectors: Selector[], prefix: 'fact' | 'act'): string[] {
  return selectors.map((selector) => {
    if (typeof selector === 'string') return term(prefix, selector)
    const conditions = Object.entries(selector.where ?? {})
    const where = list(
      conditions.flatMap(([name, values]) => values.map((value) => term(`where.${name}`, String(value)))),
      'or',
    )
    const fact = term(prefix, selector.fact)
    return where ? t('rule.fact_where', { fact, where }) : fact
  })
}

/** Whom the rule is about: VIP 客户, 每个客户. */
export function subjectOf(rule: Rule): string {
  const grades = rule.of?.grade
  if (!grades) return t('rule.every_customer')
  const words = list(
    grades.map((grade) => term('grade', String(grade))),
    'or',
  )
  // A space between Latin letters and Chinese, as it is set in print.
  return t('rule.customers', { grades: locale() === 'zh' && /\w$/.test(words) ? `${words} ` : words })
}

/** Which cases a clock of the service desk is about: 二级咨询、问题…; empty where it is about all, or about no case. */
function casesOf(rule: Rule): string {
  const levels = (rule.of?.level ?? []).map((level) => term('case_level', String(level)))
  const kinds = (rule.of?.kind ?? []).map((kind) => term('case_kind', String(kind)))
  const parts = [levels, kinds].filter((words) => words.length > 0).map((words) => list(words, 'or'))
  return parts.join(locale() === 'zh' ? '' : ', ')
}

export function perWords(per: Per): string {
  if (typeof per === 'string') return term('per', per)
  const festivals = list(
    per.festivals.map((festival) => term('festival', festival)),
    'or',
  )
  const after = per.days_after ?? 0
  return after > 0
    ? t('per.around', { festivals, before: per.days_before, after })
    : t('per.before', { festivals, n: per.days_before })
}

function kinds(need: Need): string[] {
  return need.counts.map((selector) => (typeof selector === 'string' ? selector : JSON.stringify(selector)))
}

/** A line whose facts all count for an earlier line is a part of it: two contacts, one of them a visit. */
function needs(need: Need[]): string {
  return need
    .map((line, at) => {
      const words = t('rule.need', { what: term('quota', line.what), n: line.at_least })
      if (at === 0) return words
      const within = need.slice(0, at).some((earlier) => kinds(line).every((kind) => kinds(earlier).includes(kind)))
      return t(within ? 'rule.need_within' : 'rule.need_and', { need: words })
    })
    .join('')
}

export function ruleSentence(rule: Rule): string {
  if (rule.quota)
    return t('rule.quota', { who: subjectOf(rule), per: perWords(rule.quota.per), needs: needs(rule.quota.need) })
  if (rule.every) {
    const act = list(facts(rule.every.facts, 'act'), 'or')
    return t('rule.every', { who: subjectOf(rule), per: perWords(rule.every.per), act })
  }
  if (rule.within) {
    const { start, stop, budget } = rule.within
    const sentence = t('rule.within', {
      start: list(facts(start, 'fact'), 'or'),
      span: spanWords(budget),
      calendar: calendarWords(rule),
      act: list(facts(stop, 'act'), 'or'),
    })
    const which = casesOf(rule)
    return which ? t('rule.of_cases', { which, sentence }) : sentence
  }
  if (rule.target) {
    const { per, measure, at_least } = rule.target
    return t('rule.target', { per: perWords(per), measure: term('measure', measure), n: at_least })
  }
  return say(rule.name)
}

function calendarWords(rule: Rule): string {
  return term('calendar', rule.calendar ?? 'working')
}

/** By when. */
export function deadlineOf(rule: Rule): string {
  if (rule.within) return t('deadline.within', { span: spanWords(rule.within.budget), calendar: calendarWords(rule) })
  const per = rule.every?.per ?? rule.quota?.per ?? rule.target?.per
  if (per === undefined) return ''
  return typeof per === 'string' ? term('deadline', per) : t('deadline.festival')
}

export function ownerOf(rule: Rule): string {
  return term('owner', rule.owner)
}

export function rungWords(rung: Rung): string {
  const to = term('recipient', rung.to)
  return rung.after === '0' ? t('ladder.at_due', { to }) : t('ladder.after', { span: spanWords(rung.after), to })
}

/** Who hears of it, and when: 用时 80% 提醒责任人；到期报上级；… */
export function ladderOf(rule: Rule): string {
  const warnings = (rule.warnings ?? []).map((share) => t('ladder.warn', { n: Math.round(share * 100) }))
  const steps = [...warnings, ...(rule.ladder ?? []).map(rungWords)]
  return steps.length > 0 ? steps.join(locale() === 'zh' ? '；' : '; ') : t('ladder.none')
}
