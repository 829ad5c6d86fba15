/** What a duty says, and what one does about it. */
import { type Locale, locale, lookup } from '@/i18n'
import type { Item, Kind } from './queries'

export type Progress = { what: string; have: number; need: number }
type Duty = Pick<Item, 'rule' | 'what'>

/** What is owed, as the rule of the company calls it in both languages. */
export function dutyText({ rule, what }: Duty): string {
  const name = what.params.name as Partial<Record<Locale, string>> | undefined
  return name?.[locale()] ?? name?.zh ?? rule
}

/** What a quota still lacks, line by line; empty for a clock. */
export function missing({ what }: Pick<Item, 'what'>): Progress[] {
  const lines = Array.isArray(what.params.need) ? (what.params.need as unknown[]) : []
  return lines.filter(isProgress).filter((line) => line.have < line.need)
}

function isProgress(line: unknown): line is Progress {
  if (typeof line !== 'object' || line === null) return false
  const { what, have, need } = line as Record<string, unknown>
  return typeof what === 'string' && typeof have === 'number' && typeof need === 'number'
}

/** 联系 1/2 · 拜访 0/1 */
export function progressText(duty: Duty): string {
  return missing(duty)
    .map(({ what, have, need }) => `${lookup(`need.${what}`) ?? what} ${have}/${need}`)
    .join(' · ')
}

export type Act = 'record' | 'verify' | 'event' | 'approve' | 'answer' | 'case'

/** The one thing that fulfils it. */
export function actOf({ rule, subject_kind }: Pick<Item, 'rule' | 'subject_kind'>): Act {
  if (subject_kind === 'case') return 'case'
  if (rule === 'archive-verification') return 'verify'
  if (rule === 'grade-decision') return 'approve'
  if (rule === 'subject-request') return 'answer'
  return rule === 'major-event-record' ? 'event' : 'record'
}

const remote: Kind[] = ['phone', 'wechat', 'email', 'sms', 'chat']

/**
 * By what way the next contact probably takes place: what the rule still lacks decides; else as the last time,
 * when that was from afar.
 */
export function guessKind(item: Pick<Item, 'rule' | 'what' | 'last'>): Kind {
  const lacks = missing(item).map((line) => line.what)
  if (item.rule === 'festival-greeting') return 'greeting'
  if (lacks.includes('contact') && !lacks.includes('visit') && !lacks.includes('activity')) return lastWay(item)
  if (lacks.includes('visit')) return 'visit'
  if (lacks.includes('activity')) return 'activity'
  return lastWay(item)
}

function lastWay({ last }: Pick<Item, 'last'>): Kind {
  return last && remote.includes(last.kind) ? last.kind : 'phone'
}

/** Where a clause is read. */
export function clausePath(clause: string): string {
  return `/policy/${clause.split('-')[0]}#${clause}`
}
