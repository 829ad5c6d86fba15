import { useMemo, useState } from 'react'
import { type Me, useCan, useMe } from '@/api'
import { now } from '@/i18n'
import { Button, DataView, type Preset } from '@/ui'
import { CaseDrawer } from './CaseDrawer'
import { caseColumns } from './columns'
import { t } from './messages'
import NewCase from './NewCase'
import { keys, listCases } from './queries'
import { w } from './words'

export default function CaseList() {
  const me = useMe()
  const can = useCan()
  const [opening, setOpening] = useState(false)
  const offered = useMemo(() => presets(me), [me])
  const open = can('case', 'create') ? (
    <Button kind="primary" icon="plus" onClick={() => setOpening(true)}>
      {t('desk.new')}
    </Button>
  ) : undefined
  return (
    <div className="page">
      <DataView
        list="cases"
        title={t('desk.title')}
        columns={caseColumns}
        presets={offered}
        queryKey={keys.cases}
        load={listCases}
        id={(one) => one.id}
        searchHint={w('list.search')}
        empty={{ title: w('list.empty'), why: w('list.empty_why'), action: open }}
        actions={open}
        record={(id, neighbours) => <CaseDrawer key={id} id={id} neighbours={neighbours} />}
      />
      {opening && <NewCase onClose={() => setOpening(false)} />}
    </div>
  )
}

const SOON = 8 * 3_600_000
const QUARTER = 900_000

/** "Soon" is said to the quarter of an hour, so that the list is not asked for anew with every look. */
function soon(): string {
  return new Date(Math.ceil((now() + SOON) / QUARTER) * QUARTER).toISOString()
}

function presets(me: Me | undefined): Preset[] {
  const open = ['open', 'eq', true] as const
  const sort = '-received_at'
  return [
    { id: 'mine', label: w('view.mine'), state: { filters: [['assignee', 'eq', me?.id ?? ''], [...open]], sort } },
    ...(me?.department ? [departmental(me.department.id)] : []),
    {
      id: 'unassigned',
      label: w('view.unassigned'),
      state: { filters: [['assignee', 'empty'], [...open]], sort },
    },
    { id: 'due', label: w('view.due'), state: { filters: [['due_at', 'le', soon()], [...open]], sort: 'received_at' } },
    { id: 'open', label: w('view.open'), state: { filters: [[...open]], sort } },
    {
      id: 'waiting',
      label: w('view.waiting'),
      state: { filters: [['waiting_at', 'not_empty'], [...open]], sort },
    },
    { id: 'closed', label: w('view.closed'), state: { filters: [['state', 'eq', 'closed']], sort: '-closed_at' } },
  ]
}

function departmental(department: string): Preset {
  const filters: Preset['state']['filters'] = [
    ['department', 'eq', department],
    ['open', 'eq', true],
  ]
  return { id: 'department', label: w('view.department'), state: { filters, sort: '-received_at' } }
}
