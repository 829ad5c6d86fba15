import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Me, useMe } from '@/api'
import { DataView, Link, type Preset, useSearch } from '@/ui'
import { dutyColumns } from './columns'
import { DutyDrawer } from './DutyDrawer'
import { m } from './messages'
import { type Policy, rulesOf } from './model'
import { keys, listDuties, policiesQuery, policyQuery } from './queries'
import { say } from './sentence'
import { PolicyTabs } from './Tabs'
import { t } from './words'
import './policy.css'

export default function DutyList() {
  const me = useMe()
  const { back } = useSearch()
  const clauses = useClauses()
  const columns = useMemo(() => dutyColumns(clauses), [clauses])
  return (
    <div className="page">
      {back === 'team' && (
        <p className="no-print">
          <Link to="/team">‹ {m('team.back')}</Link>
        </p>
      )}
      <DataView
        list="duties"
        title={m('policy.duties')}
        columns={columns}
        presets={presets(me)}
        queryKey={keys.duties}
        load={listDuties}
        id={(duty) => duty.id}
        empty={{ title: t('duty.empty'), why: t('duty.empty_why') }}
        actions={<PolicyTabs />}
        record={(id, neighbours) => <DutyDrawer id={id} neighbours={neighbours} />}
      />
    </div>
  )
}

/** Clauses that make duties, for the filter. */
function useClauses(): { value: string; label: string }[] {
  const summaries = useQuery(policiesQuery)
  const adopted = (summaries.data ?? []).filter((policy) => policy.adopted && policy.executable > 0)
  const policies = useQueries({
    queries: adopted.map((policy) => policyQuery(policy.key)),
    combine: (all) => all.flatMap((one): Policy[] => (one.data ? [one.data] : [])),
  })
  return useMemo(() => {
    const clauses = new Map(policies.flatMap(rulesOf).map(({ clause }) => [clause.id, clause]))
    return [...clauses.values()].map((clause) => ({ value: clause.id, label: `${clause.id} ${say(clause.title)}` }))
  }, [policies])
}

function presets(me: Me | undefined): Preset[] {
  return [
    {
      id: 'open',
      label: t('duty.open_ones'),
      state: { filters: [['state', 'in', ['open', 'paused']]], sort: 'due_at' },
    },
    {
      id: 'mine',
      label: t('duty.mine'),
      state: {
        filters: [
          ['owner', 'eq', me?.id ?? ''],
          ['state', 'in', ['open', 'paused']],
        ],
        sort: 'due_at',
      },
    },
    {
      id: 'breaches',
      label: t('duty.breaches'),
      state: { filters: [['state', 'in', ['late', 'missed']]], sort: '-due_at' },
    },
    { id: 'all', label: t('duty.all'), state: { sort: '-due_at' } },
  ]
}
