/**
 * The quarterly round in which archives are confirmed with the customers (R3-1.5): who owes how many, how far it is, what
 * came of it, and the list to work through.
 */
import { type ListQuery, useCan } from '@/api'
import { dueText } from '@/i18n'
import { type Column, DataView, type Preset, Status, type Tone, useSearch } from '@/ui'
import CustomerDrawer from '../CustomerDrawer'
import { Grade, word } from '../options'
import { keys, listRoundDuties, type RoundDuty } from '../queries'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { type Quarter, quarterOf } from './quarter'
import { RoundSummary } from './RoundSummary'
import { VerifyButton } from './VerifyButton'
import './round.css'

export default function RoundPage() {
  const can = useCan()
  const search = useSearch()
  const quarter = quarterOf(search.quarter)
  return (
    <div className="page">
      <DataView
        list="verification_round"
        title={t('round.title')}
        columns={can('customer', 'update') ? [...columns, verify] : columns}
        presets={presets()}
        queryKey={[...keys.round, quarter.from]}
        load={(query, signal) => listRoundDuties(within(query, quarter), signal)}
        id={(duty) => duty.customer?.id ?? duty.id}
        empty={{ title: t('round.empty'), why: t('round.empty_why') }}
        actions={<Tabs />}
        summary={<RoundSummary quarter={quarter} />}
        record={(id, neighbours) => <CustomerDrawer id={id} neighbours={neighbours} />}
      />
    </div>
  )
}

/** Whatever else is asked for, only the duties of this round. */
function within(query: ListQuery, { from, to }: Quarter): ListQuery {
  return {
    ...query,
    filter: [...(query.filter ?? []), ['rule', 'eq', 'archive-verification'], ['due_on', 'between', [from, to]]],
  }
}

const tones: Record<string, Tone> = { met: 'good', late: 'warn', missed: 'bad', open: 'none' }
const states = ['open', 'met', 'late', 'missed', 'waived', 'paused']

const columns: Column<RoundDuty>[] = [
  {
    key: 'customer',
    title: () => t('customers.title'),
    kind: 'text',
    text: (duty) => duty.customer?.name ?? '',
    width: 240,
  },
  {
    key: 'grade',
    title: () => t('field.grade'),
    kind: 'text',
    text: (duty) => word('grade', duty.customer?.grade),
    cell: (duty) => duty.customer && <Grade grade={duty.customer.grade} />,
    width: 90,
    card: 'line',
  },
  {
    key: 'state',
    title: () => t('round.state'),
    kind: 'choice',
    options: () => states.map((value) => ({ value, label: word('round.state', value) })),
    text: (duty) => word('round.state', duty.state),
    cell: (duty) => <Status tone={tones[duty.state] ?? 'none'}>{word('round.state', duty.state)}</Status>,
    width: 100,
    filter: true,
    card: 'mark',
  },
  {
    key: 'owner',
    title: () => t('field.owner'),
    kind: 'person',
    text: (duty) => duty.owner?.name ?? '',
    width: 100,
    filter: true,
    card: 'line',
  },
  {
    key: 'department',
    title: () => t('field.department'),
    kind: 'department',
    text: (duty) => duty.department?.name ?? '',
    width: 130,
    filter: true,
  },
  {
    key: 'due_at',
    title: () => t('round.due_at'),
    kind: 'date',
    text: (duty) => dueText(duty.due_at),
    width: 170,
    sort: true,
    card: 'line',
  },
]

const verify: Column<RoundDuty> = {
  key: 'act',
  title: () => t('round.act'),
  kind: 'text',
  text: () => '',
  cell: (duty) => <VerifyButton duty={duty} />,
  width: 90,
  card: 'line',
}

function presets(): Preset[] {
  return [
    { id: 'todo', label: t('round.todo'), state: { filters: [['state', 'in', ['open', 'missed']]], sort: 'due_at' } },
    { id: 'done', label: t('round.done'), state: { filters: [['state', 'in', ['met', 'late']]], sort: '-due_at' } },
    { id: 'all', label: t('round.all'), state: { sort: 'due_at' } },
  ]
}
