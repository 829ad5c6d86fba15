/** What a duty says, and what one does about it. */
import { lookup } from '@/i18n'
import type { Item, Kind } from './queries'

export type Progress = { what: string; have: number; need: number }
type Duty = Pick<Item, 'rule' | 'what'>

/** The sentence of what is owed: by the server's key, else by the rule. */
export function dutyText({ rule, what }: Duty): string {
  return lookup(what.key, what.params) ?? lookup(`duty.${rule}`) ?? rule
}

/** What a quota still lacks, line by line; empty for a clock. */
export function missing({ what }: Pick<Item, 'what'>): Progress[] {
  const lines = Array.isArray(what.params.progress) ? (what.params.progress as unknown[]) : []
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

export type Act = 'record' | 'verify' | 'event'

/** The one thing that fulfils it. */
export function actOf({ rule }: Pick<Item, 'rule'>): Act {
  if (rule === 'archive-verification') return 'verify'
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
  return `/policy/${clause.split('-')[0]}?clause=${encodeURIComponent(clause)}`
}
