/** One model of a case's columns: table, cards and filters. */
import { dateTime, dueText, locale } from '@/i18n'
import { type Column, Link, Status } from '@/ui'
import { ClockLeft } from './clock'
import {
  channelChoices,
  channelWord,
  kindChoices,
  kindWord,
  levelChoices,
  levelTone,
  levelWord,
  stateChoices,
  stateTone,
  stateWord,
} from './options'
import type { CaseLine } from './queries'
import { w } from './words'

export const caseColumns: Column<CaseLine>[] = [
  {
    key: 'subject',
    title: () => w('label.subject'),
    kind: 'text',
    text: (one) => one.subject,
    width: 280,
    filter: true,
  },
  {
    key: 'due_at',
    title: () => w('label.clock'),
    kind: 'date',
    text: (one) => (one.clock?.due_at ? dueText(one.clock.due_at) : ''),
    cell: (one) => <NextClock one={one} />,
    width: 280,
    card: 'line',
  },
  {
    key: 'level',
    title: () => w('label.level'),
    kind: 'number',
    text: (one) => levelWord(one.level),
    cell: (one) => <Status tone={levelTone(one.level)}>{levelWord(one.level)}</Status>,
    width: 110,
    filter: true,
    options: levelChoices,
    card: 'mark',
  },
  {
    key: 'state',
    title: () => w('label.state'),
    kind: 'choice',
    options: stateChoices,
    text: stateText,
    cell: (one) => <Status tone={stateTone(one)}>{stateText(one)}</Status>,
    width: 120,
    filter: true,
    card: 'line',
  },
  {
    key: 'kind',
    title: () => w('label.kind'),
    kind: 'choice',
    options: kindChoices,
    text: (one) => (one.state === 'received' ? '' : kindWord(one.kind)),
    width: 80,
    filter: true,
    card: 'line',
  },
  {
    key: 'customer',
    title: () => w('label.customer'),
    kind: 'text',
    text: customerName,
    cell: (one) =>
      one.customer?.visible ? (
        <Link to={`/customers/${one.customer.id}`}>{one.customer.name}</Link>
      ) : (
        <span className={one.customer ? undefined : 'dim'}>{customerName(one)}</span>
      ),
    width: 200,
    card: 'line',
  },
  {
    key: 'assignee',
    title: () => w('label.assignee'),
    kind: 'person',
    text: (one) => one.assignee?.name ?? '',
    width: 100,
    filter: true,
    card: 'line',
  },
  {
    key: 'received_at',
    title: () => w('label.received_at'),
    kind: 'date',
    text: (one) => dateTime(one.received_at),
    width: 140,
    sort: true,
    filter: true,
  },
  {
    key: 'number',
    title: () => w('label.number'),
    kind: 'text',
    text: (one) => one.number,
    width: 140,
    filter: true,
  },
  {
    key: 'department',
    title: () => w('label.department'),
    kind: 'department',
    text: (one) => one.department?.name ?? '',
    width: 130,
    filter: true,
    extra: true,
  },
  {
    key: 'channel',
    title: () => w('label.channel'),
    kind: 'choice',
    options: channelChoices,
    text: (one) => channelWord(one.channel),
    width: 90,
    filter: true,
    extra: true,
  },
  {
    key: 'product',
    title: () => w('label.product'),
    kind: 'text',
    text: (one) => one.product ?? '',
    width: 140,
    filter: true,
    extra: true,
  },
  {
    key: 'open',
    title: () => w('label.open'),
    kind: 'bool',
    options: () => [
      { value: 'true', label: w('label.open.true') },
      { value: 'false', label: w('label.open.false') },
    ],
    text: (one) => w(one.open ? 'label.open.true' : 'label.open.false'),
    filter: true,
    filterOnly: true,
  },
  {
    key: 'waiting_at',
    title: () => w('label.waiting_at'),
    kind: 'date',
    text: (one) => (one.waiting_at ? dateTime(one.waiting_at) : ''),
    filter: true,
    filterOnly: true,
  },
  {
    key: 'closed_at',
    title: () => w('label.closed_at'),
    kind: 'date',
    text: (one) => (one.closed_at ? dateTime(one.closed_at) : ''),
    width: 140,
    sort: true,
    filter: true,
    extra: true,
  },
]

export function stateText(one: Pick<CaseLine, 'state' | 'waiting_at'>): string {
  return one.waiting_at ? w('state.waiting') : stateWord(one.state)
}

/** The customer; while nobody knows who it is, how the caller calls themselves. */
export function customerName(one: Pick<CaseLine, 'customer' | 'caller'>): string {
  return one.customer?.name ?? one.caller ?? w('unknown_customer')
}

/** What runs out first, and when. */
function NextClock({ one }: { one: CaseLine }) {
  const { clock } = one
  if (!clock) return <span className="dim">–</span>
  return (
    <span>
      <ClockLeft clock={clock} /> <span className="dim">{clock.name[locale()]}</span>
    </span>
  )
}
