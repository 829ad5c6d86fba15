/** A contact record while it is written: guessed from where it is opened, kept until it is saved. */
import type { Kept, KeptFile } from '@/api'
import { lookup, now } from '@/i18n'
import { fromZoned, toZoned } from '@/ui'
import { guessKind } from './duty'
import { type InteractionInput, type Item, type Kind, type Priority, recordPath } from './queries'

export const kinds: readonly Kind[] = [
  'phone',
  'visit',
  'wechat',
  'meeting',
  'email',
  'sms',
  'chat',
  'on_site',
  'activity',
  'greeting',
]

/** What the device said of where it is, at the customer's. */
export type CheckIn = NonNullable<InteractionInput['check_in']>

/** Who visits can check in. */
export const visits = (kind: Kind): kind is 'visit' | 'on_site' => kind === 'visit' || kind === 'on_site'

export type Draft = {
  customer: string | null
  kind: Kind
  at: string | null
  contact_id: string | null
  content: string
  feedback: string
  next_plan: string
  next_at: string | null
  priority: Priority
  check_in: CheckIn | null
  files: KeptFile[]
}

/** From where a record is opened, and what is known there. */
export type Start = {
  /** Unfinished text is kept under this while the page lives. */
  key: string
  customer?: { id: string; name: string }
  dutyId?: string
  draft: Draft
}

const MINUTE = 60_000
export const thisMinute = () => new Date(Math.floor(now() / MINUTE) * MINUTE).toISOString()

export function blank(customer: string | null = null): Draft {
  return {
    customer,
    kind: 'phone',
    at: thisMinute(),
    contact_id: null,
    content: '',
    feedback: '',
    next_plan: '',
    next_at: null,
    priority: 'medium',
    check_in: null,
    files: [],
  }
}

export function startOfDuty(
  item: Pick<Item, 'duty_id' | 'rule' | 'what' | 'last'> &
    Partial<Pick<Item, 'begun'>> & { customer?: { id: string; name: string } | null },
): Start {
  const { customer, begun } = item
  const draft = blank(customer?.id ?? null)
  return {
    key: item.duty_id,
    customer: customer ?? undefined,
    dutyId: item.duty_id,
    // What has taken place is written down as it was begun, not as of now.
    draft: { ...draft, kind: begun?.kind ?? guessKind(item), at: begun?.at ?? draft.at },
  }
}

/** The record of a visit that is being made. */
export function startOfVisit(customer: { id: string; name: string }): Start {
  return { key: `visit-${customer.id}`, customer, draft: { ...blank(customer.id), kind: 'visit' } }
}

/** The record of a call that is being made. */
export function startOfCall(item: Parameters<typeof startOfDuty>[0]): Start {
  const start = startOfDuty(item)
  return { ...start, draft: { ...start.draft, kind: 'phone' } }
}

export function startOfCustomer(customer: { id: string; name: string }): Start {
  return { key: customer.id, customer, draft: blank(customer.id) }
}

type Person = { id: string; decision_maker: boolean; primary?: boolean; left: boolean; no_contact?: object | null }

/** Whom one probably spoke with: the first contact if one is marked, else who decides, else the only one there is. */
export function guessContact(people: readonly Person[]): string | null {
  const there = people.filter((person) => !person.left && !person.no_contact)
  const only = there.length === 1 ? there[0] : undefined
  const found = there.find((person) => person.primary) ?? there.find((person) => person.decision_maker) ?? only
  return found?.id ?? null
}

const said: readonly [RegExp, Kind][] = [
  [/微信|wechat/i, 'wechat'],
  [/拜访|登门|上门|到访|visit/i, 'visit'],
  [/电话|打给|来电|call|phone/i, 'phone'],
  [/邮件|e-?mail/i, 'email'],
  [/短信|\bsms\b/i, 'sms'],
  [/开会|会议|meeting/i, 'meeting'],
]

/** People begin with how they met: 微信聊了…, 拜访陈总…. Only the first words count, what follows is about anything. */
export function kindInText(content: string): Kind | undefined {
  const start = content.trim().slice(0, 10)
  return said.find(([pattern]) => pattern.test(start))?.[1]
}

const DAY = 86_400_000
export type NextDay = 'tomorrow' | 'three' | 'week' | 'month'

/** Nine in the morning of the company, so many days on. */
export function nextDay(which: NextDay, at = now()): string {
  const days = { tomorrow: 1, three: 3, week: 7, month: 30 }[which]
  return `${fromZoned(`${toZoned(new Date(at + days * DAY).toISOString()).slice(0, 10)} 09:00:00`)}`
}

export function bodyOf(draft: Draft, dutyId?: string): InteractionInput {
  const text = (value: string) => value.trim() || undefined
  const next_plan = text(draft.next_plan)
  return {
    kind: draft.kind,
    at: draft.at ?? thisMinute(),
    contact_id: draft.contact_id ?? undefined,
    content: draft.content.trim(),
    feedback: text(draft.feedback),
    next_plan,
    next_at: draft.next_at ?? undefined,
    priority: next_plan ? draft.priority : undefined,
    duty_id: dutyId,
    check_in: visits(draft.kind) ? (draft.check_in ?? undefined) : undefined,
  }
}

type Author = { key: string; userId: string; customerName: string; dutyId?: string }

export function entryOf(draft: Draft, { key, userId, customerName, dutyId }: Author): Kept {
  return {
    id: key,
    userId,
    path: recordPath(draft.customer ?? ''),
    body: bodyOf(draft, dutyId),
    ...(draft.files.length > 0 && { files: draft.files }),
    at: new Date(now()).toISOString(),
    label: `${customerName} · ${lookup(`interaction.${draft.kind}`) ?? draft.kind}`,
  }
}

/** A kept record as it was typed, to be corrected. */
export function startOfKept(entry: Kept): Start {
  const body = entry.body as Partial<InteractionInput>
  const id = entry.path.split('/').at(-2) ?? ''
  const name = entry.label.split(' · ')[0] ?? ''
  return {
    key: entry.id,
    customer: { id, name },
    dutyId: body.duty_id ?? undefined,
    draft: {
      customer: id,
      kind: body.kind ?? 'phone',
      at: body.at ?? null,
      contact_id: body.contact_id ?? null,
      content: body.content ?? '',
      feedback: body.feedback ?? '',
      next_plan: body.next_plan ?? '',
      next_at: body.next_at ?? null,
      priority: body.priority ?? 'medium',
      check_in: body.check_in ?? null,
      files: entry.files ?? [],
    },
  }
}
