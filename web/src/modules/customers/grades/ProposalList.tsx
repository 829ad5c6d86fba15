/** Changes of grade that wait for somebody's decision, and what became of them (R3-2.1). */
import { useQueryClient } from '@tanstack/react-query'
import { type Me, type Page, useMe } from '@/api'
import { dateTime } from '@/i18n'
import { type Column, DataView, Dialog, type Preset } from '@/ui'
import { gradeOptions, word } from '../options'
import { keys, listProposals, type Proposal } from '../queries'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { changeWords, ProposalDetail, ProposalState } from './ProposalDetail'

export default function ProposalList() {
  const me = useMe()
  const client = useQueryClient()
  const shown = (id: string): Proposal | undefined =>
    client
      .getQueriesData<{ pages?: Page<Proposal>[] }>({ queryKey: [...keys.proposals, 'list'] })
      .flatMap(([, data]) => data?.pages?.flatMap((page) => page.items) ?? [])
      .find((proposal) => proposal.id === id)
  return (
    <div className="page">
      <DataView
        list="grade_proposals"
        title={t('proposal.title')}
        columns={columns}
        presets={presets(me)}
        queryKey={keys.proposals}
        load={listProposals}
        id={(proposal) => proposal.id}
        empty={{ title: t('proposal.empty'), why: t('proposal.empty_why') }}
        actions={<Tabs />}
        record={(id, { close }) => {
          const proposal = shown(id)
          return (
            proposal && (
              <Dialog title={changeWords(proposal)} open onClose={close} size={520}>
                <ProposalDetail proposal={proposal} onDone={close} />
              </Dialog>
            )
          )
        }}
      />
    </div>
  )
}

const states: Proposal['state'][] = ['open', 'approved', 'rejected', 'withdrawn']

const columns: Column<Proposal>[] = [
  {
    key: 'customer',
    title: () => t('customers.title'),
    kind: 'text',
    text: (proposal) => proposal.customer.name,
    width: 240,
  },
  {
    key: 'to_grade',
    title: () => t('proposal.to'),
    kind: 'choice',
    options: gradeOptions,
    text: (proposal) => `${word('grade', proposal.from_grade)} → ${word('grade', proposal.to_grade)}`,
    width: 140,
    filter: true,
    card: 'line',
  },
  {
    key: 'state',
    title: () => t('proposal.state'),
    kind: 'choice',
    options: () => states.map((value) => ({ value, label: word('proposal.state', value) })),
    text: (proposal) => word('proposal.state', proposal.state),
    cell: (proposal) => <ProposalState state={proposal.state} />,
    width: 100,
    filter: true,
    card: 'mark',
  },
  {
    key: 'reason',
    title: () => t('customers.reason'),
    kind: 'text',
    text: (proposal) => proposal.reason,
    width: 260,
    card: 'line',
  },
  {
    key: 'proposer',
    title: () => t('proposal.proposer'),
    kind: 'person',
    text: (proposal) => proposal.proposer.name,
    width: 100,
    filter: true,
    card: 'line',
  },
  {
    key: 'approver',
    title: () => t('proposal.approver'),
    kind: 'person',
    text: (proposal) => proposal.decided_by?.name ?? proposal.approver.name,
    width: 100,
    filter: true,
  },
  {
    key: 'created_at',
    title: () => t('proposal.at'),
    kind: 'date',
    text: (proposal) => dateTime(proposal.created_at),
    width: 140,
    sort: true,
    card: 'line',
  },
]

function presets(me: Me | undefined): Preset[] {
  const mine = me?.id ?? ''
  return [
    {
      id: 'pending',
      label: t('proposal.pending_mine'),
      state: {
        filters: [
          ['approver', 'eq', mine],
          ['state', 'in', ['open']],
        ],
        sort: 'created_at',
      },
    },
    {
      id: 'initiated',
      label: t('proposal.initiated'),
      state: { filters: [['proposer', 'eq', mine]], sort: '-created_at' },
    },
    { id: 'all', label: t('proposal.all'), state: { sort: '-created_at' } },
  ]
}
