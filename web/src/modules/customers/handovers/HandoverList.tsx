/** Hand-overs: mine to receive, mine to give, those of my departments. */
import { type Me, useMe } from '@/api'
import { count, dateTime } from '@/i18n'
import { type Column, DataView, Dialog, type Preset } from '@/ui'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { HandoverDetail, HandoverState, progressWords } from './HandoverDetail'
import { type Handover, handoverKeys, listHandovers } from './queries'

export default function HandoverList() {
  const me = useMe()
  return (
    <div className="page">
      <DataView
        list="handovers"
        title={t('handover.title')}
        columns={columns}
        presets={presets(me)}
        queryKey={handoverKeys.all}
        load={listHandovers}
        id={(handover) => handover.id}
        empty={{ title: t('handover.empty'), why: t('handover.empty_why') }}
        actions={<Tabs />}
        record={(id, { close }) => (
          <Dialog title={t('handover.one')} open onClose={close} size={760}>
            <HandoverDetail id={id} />
          </Dialog>
        )}
      />
    </div>
  )
}

const states: Handover['state'][] = ['open', 'accepted', 'withdrawn']

const columns: Column<Handover>[] = [
  {
    key: 'who',
    title: () => t('handover.one'),
    kind: 'text',
    text: ({ from, to }) => t('handover.who', { from: from.name, to: to.name }),
    width: 240,
  },
  {
    key: 'state',
    title: () => t('handover.state'),
    kind: 'choice',
    options: () => states.map((value) => ({ value, label: t(`handover.state.${value}`) })),
    text: (handover) => t(`handover.state.${handover.state}`),
    cell: (handover) => <HandoverState state={handover.state} />,
    width: 110,
    filter: true,
    card: 'mark',
  },
  {
    key: 'customers',
    title: () => t('handover.n_customers'),
    kind: 'number',
    text: (handover) => count(handover.customers),
    width: 90,
  },
  {
    key: 'progress',
    title: () => t('handover.checklist'),
    kind: 'text',
    text: progressWords,
    width: 90,
    card: 'line',
  },
  {
    key: 'reason',
    title: () => t('customers.reason'),
    kind: 'text',
    text: ({ reason }) => reason,
    width: 240,
    card: 'line',
  },
  {
    key: 'from',
    title: () => t('handover.from'),
    kind: 'person',
    text: ({ from }) => from.name,
    width: 110,
    filter: true,
    extra: true,
  },
  {
    key: 'to',
    title: () => t('handover.to'),
    kind: 'person',
    text: ({ to }) => to.name,
    width: 110,
    filter: true,
    extra: true,
  },
  {
    key: 'opened_at',
    title: () => t('handover.at'),
    kind: 'date',
    text: (handover) => dateTime(handover.opened_at),
    width: 150,
    sort: true,
    filter: true,
    card: 'line',
  },
]

function presets(me: Me | undefined): Preset[] {
  const mine = me?.id ?? ''
  return [
    {
      id: 'receive',
      label: t('handover.mine_to_receive'),
      state: {
        filters: [
          ['to', 'eq', mine],
          ['state', 'in', ['open']],
        ],
        sort: '-opened_at',
      },
    },
    { id: 'give', label: t('handover.mine_to_give'), state: { filters: [['from', 'eq', mine]], sort: '-opened_at' } },
    { id: 'all', label: t('handover.all'), state: { sort: '-opened_at' } },
  ]
}
