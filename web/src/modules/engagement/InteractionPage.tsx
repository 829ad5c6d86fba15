import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type ListQuery, type Me, type Page, useCan, useMe } from '@/api'
import { DataView, type Preset } from '@/ui'
import { InteractionDialog } from './InteractionDialog'
import { InteractionExport } from './InteractionExport'
import { interactionColumns } from './interactionColumns'
import { t } from './messages'
import { type Interaction, keys, listInteractions } from './queries'
import { TodayTabs } from './TodayTabs'
import { w } from './words'

export default function InteractionPage() {
  const me = useMe()
  const can = useCan()
  const [exported, setExported] = useState<Omit<ListQuery, 'cursor' | 'limit'>>()
  const client = useQueryClient()
  const shown = (id: string): Interaction | undefined =>
    client
      .getQueriesData<{ pages?: Page<Interaction>[] }>({ queryKey: [...keys.interactions, 'list'] })
      .flatMap(([, data]) => data?.pages?.flatMap((page) => page.items) ?? [])
      .find((record) => record.id === id)
  return (
    <div className="page">
      <DataView
        list="interactions"
        title={t('interactions.title')}
        columns={interactionColumns}
        presets={presets(me)}
        queryKey={keys.interactions}
        load={listInteractions}
        id={(record) => record.id}
        empty={{ title: w('interactions.empty'), why: w('interactions.empty_why') }}
        actions={<TodayTabs />}
        onExport={can('interaction', 'export') ? setExported : undefined}
        record={(id, { close }) => {
          const record = shown(id)
          return record && <InteractionDialog key={id} record={record} onClose={close} />
        }}
      />
      {exported && <InteractionExport query={exported} onClose={() => setExported(undefined)} />}
    </div>
  )
}

function presets(me: Me | undefined): Preset[] {
  return [
    { id: 'all', label: w('interactions.all'), state: { sort: '-at' } },
    { id: 'mine', label: w('interactions.mine'), state: { filters: [['actor', 'eq', me?.id ?? '']], sort: '-at' } },
    {
      id: 'visits',
      label: w('interactions.visits'),
      state: { filters: [['kind', 'in', ['visit', 'on_site']]], sort: '-at' },
    },
    { id: 'late', label: w('interactions.late_tab'), state: { filters: [['late', 'eq', true]], sort: '-at' } },
  ]
}
