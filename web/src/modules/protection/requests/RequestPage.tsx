/** The register of what people ask about their own information, and what became of it (PIPL 50). */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Me, type Page, useCan, useMe } from '@/api'
import { dateTime } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import { Button, type Column, DataView, Dialog, type Preset } from '@/ui'
import { keys, listRequests, type Request } from '../queries'
import { t } from '../words'
import { RequestDetail, RequestState } from './RequestDetail'
import { RequestForm } from './RequestForm'

export default function RequestPage() {
  const me = useMe()
  const can = useCan()
  const client = useQueryClient()
  const [adding, setAdding] = useState(false)
  const shown = (id: string): Request | undefined =>
    client
      .getQueriesData<{ pages?: Page<Request>[] }>({ queryKey: [...keys.requests, 'list'] })
      .flatMap(([, data]) => data?.pages?.flatMap((page) => page.items) ?? [])
      .find((request) => request.id === id)
  const add = can('subject_request', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('request.new')}
    </Button>
  )
  return (
    <SettingsFrame>
      <DataView
        list="subject_requests"
        title={t('request.title')}
        columns={columns}
        presets={presets(me)}
        queryKey={keys.requests}
        load={listRequests}
        id={(request) => request.id}
        empty={{ title: t('request.empty'), why: t('request.empty_why'), action: add }}
        actions={add}
        record={(id, { close }) => {
          const request = shown(id)
          return (
            request && (
              <Dialog title={`${request.number} ${request.name || t('request.gone')}`} open onClose={close} size={640}>
                <RequestDetail place={request} onDone={close} />
              </Dialog>
            )
          )
        }}
      />
      <Dialog title={t('request.new')} open={adding} onClose={() => setAdding(false)} size={600}>
        {adding && <RequestForm onDone={() => setAdding(false)} />}
      </Dialog>
    </SettingsFrame>
  )
}

const kinds: Request['kind'][] = ['copy', 'correct', 'delete', 'restrict', 'withdraw']
const states: Request['state'][] = ['open', 'erasing', 'fulfilled', 'refused', 'withdrawn']

const columns: Column<Request>[] = [
  {
    key: 'name',
    title: () => t('request.person'),
    kind: 'text',
    text: (request) => request.name || t('request.gone'),
    width: 160,
  },
  {
    key: 'kind',
    title: () => t('request.kind'),
    kind: 'choice',
    options: () => kinds.map((value) => ({ value, label: t(`kind.${value}`) })),
    text: (request) => t(`kind.${request.kind}`),
    width: 140,
    filter: true,
    card: 'line',
  },
  {
    key: 'state',
    title: () => t('request.state'),
    kind: 'choice',
    options: () => states.map((value) => ({ value, label: t(`state.${value}`) })),
    text: (request) => t(`state.${request.state}`),
    cell: (request) => <RequestState state={request.state} />,
    width: 110,
    filter: true,
    card: 'mark',
  },
  {
    key: 'handler',
    title: () => t('request.handler'),
    kind: 'person',
    text: (request) => request.handler.name,
    width: 100,
    filter: true,
    card: 'line',
  },
  {
    key: 'number',
    title: () => t('request.number'),
    kind: 'text',
    text: (request) => request.number,
    width: 150,
    card: 'line',
  },
  {
    key: 'received_at',
    title: () => t('request.received_at'),
    kind: 'date',
    text: (request) => dateTime(request.received_at),
    width: 140,
    sort: true,
  },
]

function presets(me: Me | undefined): Preset[] {
  return [
    {
      id: 'open',
      label: t('request.open_ones'),
      state: { filters: [['state', 'in', ['open']]], sort: 'received_at' },
    },
    {
      id: 'mine',
      label: t('request.mine'),
      state: {
        filters: [
          ['handler', 'eq', me?.id ?? ''],
          ['state', 'in', ['open']],
        ],
        sort: 'received_at',
      },
    },
    { id: 'all', label: t('request.all'), state: { sort: '-received_at' } },
  ]
}
