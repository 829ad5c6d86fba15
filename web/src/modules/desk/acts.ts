/** What each step of a case asks for, and what is sent of it. */
import type { Option } from '@/api'
import { t as house } from '@/i18n'
import type { Act, Case, Channel, Kind, Outcome, Step } from './queries'
import { w } from './words'

/** Steps of which something is to be said. */
export type Saying =
  | 'classified'
  | 'assigned'
  | 'escalated'
  | 'answered'
  | 'wrote'
  | 'noted'
  | 'waiting'
  | 'called'
  | 'minutes'
  | 'solution'
  | 'solved'
  | 'told'
  | 'followed_up'
  | 'thanked'
  | 'reopened'
  | 'withdrawn'
  | 'merged'
  | 'split'
  | 'linked'
/** Steps that are done with a click. */
export type Clicked = 'taken_up' | 'resumed' | 'acknowledged' | 'joined' | 'closed'
export type Doing = Saying | Clicked

type Part =
  | 'content'
  | 'remark'
  | 'channel'
  | 'at'
  | 'classify'
  | 'assign'
  | 'members'
  | 'other'
  | 'outcome'
  | 'subject'

const talk: Part[] = ['content', 'channel', 'at']
export const asks: Record<Saying, Part[]> = {
  classified: ['classify'],
  assigned: ['assign', 'remark'],
  escalated: ['content'],
  answered: talk,
  wrote: talk,
  noted: ['content'],
  waiting: ['content', 'at'],
  called: ['members', 'at'],
  minutes: ['content', 'at'],
  solution: talk,
  solved: ['content', 'at'],
  told: talk,
  followed_up: ['outcome', 'content', 'channel', 'at'],
  thanked: talk,
  reopened: ['content'],
  withdrawn: ['content'],
  merged: ['other', 'remark'],
  split: ['subject', 'content'],
  linked: ['other', 'remark'],
}

export type ActValues = {
  content: string
  at: string | null
  channel: Channel | null
  kind: Kind
  level: string
  reason: string
  department_id: string | null
  assignee_id: string | null
  members: Option[]
  outcome: Outcome
  close: boolean
  case_id: string | null
  subject: string
}

export function initialOf(one: Case, step: Saying, content: string): ActValues {
  const seen = one.suggestion ?? one
  return {
    content: step === 'thanked' ? w('thanks.text') : content,
    at: null,
    channel: one.channel,
    kind: seen.kind,
    level: String(seen.level),
    reason: '',
    department_id: step === 'classified' ? (one.department?.id ?? null) : null,
    assignee_id: null,
    members: [],
    outcome: 'confirmed',
    close: true,
    case_id: null,
    subject: '',
  }
}

export function faultsOf(one: Case, step: Saying, values: ActValues): Partial<Record<keyof ActValues, string>> {
  const needs = asks[step]
  const missing = (what: string) => house('form.required', { what })
  const faults: Partial<Record<keyof ActValues, string>> = {}
  if (needs.includes('content') && !values.content.trim()) faults.content = missing(w('say.what'))
  if (needs.includes('subject') && !values.subject.trim()) faults.subject = missing(w('label.subject'))
  if (needs.includes('other') && !values.case_id) faults.case_id = missing(w('other.case'))
  if (needs.includes('assign') && !values.assignee_id && !values.department_id) {
    faults.assignee_id = missing(w('label.assignee'))
  }
  const relevelled = needs.includes('classify') && one.state !== 'received' && values.level !== String(one.level)
  if (relevelled && !values.reason.trim()) faults.reason = missing(w('say.level'))
  return faults
}

const text = (value: string) => value.trim() || undefined

/** The step as the server takes it. */
export function buildAct(step: Saying, values: ActValues): Act {
  const content = values.content.trim()
  const at = values.at ?? undefined
  const said = { content, at, channel: values.channel ?? undefined }
  switch (step) {
    case 'classified':
      return {
        act: 'classify',
        kind: values.kind,
        level: Number(values.level),
        department_id: values.department_id,
        reason: text(values.reason),
      }
    case 'assigned':
      return {
        act: 'assign',
        assignee_id: values.assignee_id ?? undefined,
        department_id: values.department_id ?? undefined,
        content: text(values.content),
      }
    case 'escalated':
      return { act: 'escalate', content }
    case 'answered':
      return { act: 'answer', ...said }
    case 'wrote':
      return { act: 'wrote', ...said }
    case 'noted':
      return { act: 'note', content }
    case 'waiting':
      return { act: 'wait', content, at }
    case 'called':
      return { act: 'call', members: values.members.map((one) => one.value), at }
    case 'minutes':
      return { act: 'minutes', content, at }
    case 'solution':
      return { act: 'solution', ...said }
    case 'solved':
      return { act: 'solve', content, at }
    case 'told':
      return { act: 'tell', ...said }
    case 'followed_up': {
      const close = values.close && values.outcome !== 'dissatisfied'
      return { act: 'follow_up', outcome: values.outcome, close, ...said }
    }
    case 'thanked':
      return { act: 'thank', ...said }
    case 'reopened':
      return { act: 'reopen', content }
    case 'withdrawn':
      return { act: 'withdraw', content }
    case 'merged':
      return { act: 'merge', case_id: values.case_id ?? '', content: text(values.content) }
    case 'split':
      return { act: 'split', subject: values.subject.trim(), content }
    case 'linked':
      return { act: 'link', case_id: values.case_id ?? '', content: text(values.content) }
  }
}

const clicks: Record<Clicked, Act> = {
  taken_up: { act: 'take_up' },
  resumed: { act: 'resume' },
  acknowledged: { act: 'acknowledge' },
  joined: { act: 'join' },
  closed: { act: 'close' },
}
export const clickedAct = (step: Clicked): Act => clicks[step]
export const isClick = (step: Doing): step is Clicked => step in clicks

/** What the asker can do about it now, in the order of the work. */
export function offered(one: Case, me: string | undefined): Doing[] {
  if (!one.may_update) return []
  const mine = one.members.find((member) => member.person.id === me)
  const fits: Partial<Record<Step, boolean>> = {
    assigned: one.may_assign,
    withdrawn: one.may_withdraw,
    called: one.level === 1,
    acknowledged: mine !== undefined && !mine.acknowledged_at,
    joined: mine !== undefined && !mine.joined_at,
    minutes: one.members.length > 0,
    thanked: !one.thanked_at,
    // Who is content is told so by the follow-up.
    followed_up: one.told_at !== null || one.state === 'solved',
  }
  return order.filter((step) => one.possible.includes(step) && fits[step] !== false)
}

const order: Doing[] = [
  'classified',
  'taken_up',
  'answered',
  'wrote',
  'noted',
  'thanked',
  'acknowledged',
  'joined',
  'called',
  'minutes',
  'solution',
  'waiting',
  'resumed',
  'solved',
  'told',
  'followed_up',
  'closed',
  'reopened',
  'assigned',
  'escalated',
  'split',
  'linked',
  'merged',
  'withdrawn',
]
