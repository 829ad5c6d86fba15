/** The recycle bin: what was removed, by whom, until when it is kept, and back again. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type BinItem, listBin, messageOf, type Page, purgeRemoved, restoreRemoved, useCan } from '@/api'
import { date, dateTime } from '@/i18n'
import { Button, type Column, DataView, Dialog, Form, type Preset, required, Text, toast, useForm } from '@/ui'
import { word } from '../options'
import { useRefresh } from '../queries'
import { Tabs } from '../Tabs'
import { t } from '../words'

const key = ['bin'] as const

export default function BinList() {
  const client = useQueryClient()
  const shown = (id: string): BinItem | undefined =>
    client
      .getQueriesData<{ pages?: Page<BinItem>[] }>({ queryKey: [...key, 'list'] })
      .flatMap(([, data]) => data?.pages?.flatMap((page) => page.items) ?? [])
      .find((item) => item.id === id)
  return (
    <div className="page">
      <DataView
        list="bin"
        title={t('bin.title')}
        columns={columns}
        presets={presets()}
        queryKey={key}
        load={listBin}
        id={(item) => item.id}
        empty={{ title: t('bin.empty'), why: t('bin.empty_why') }}
        actions={<Tabs />}
        record={(id, { close }) => {
          const item = shown(id)
          return (
            item && (
              <Dialog title={item.title} open onClose={close} size={480}>
                <Acts item={item} onDone={close} />
              </Dialog>
            )
          )
        }}
      />
    </div>
  )
}

/** Brings it back, or lets it go at once. */
function Acts({ item, onDone }: { item: BinItem; onDone: () => void }) {
  const can = useCan()
  const client = useQueryClient()
  const refresh = useRefresh()
  const [purging, setPurging] = useState(false)
  const [busy, setBusy] = useState(false)
  const done = async (text: string) => {
    toast(text)
    onDone()
    await Promise.all([client.invalidateQueries({ queryKey: key }), refresh()])
  }
  const restore = async () => {
    setBusy(true)
    try {
      await restoreRemoved(item.id)
      await done(t('bin.restored', { name: item.title }))
    } catch (error) {
      toast(messageOf(error))
      setBusy(false)
    }
  }
  const form = useForm({
    initial: { reason: '' },
    check: required<{ reason: string }>({ reason: t('customers.reason') }),
    submit: async ({ reason }) => {
      await purgeRemoved(item.id, reason.trim())
      await done(t('bin.purged', { name: item.title }))
    },
  })
  const lines: [string, string][] = [
    [t('bin.kind'), word('bin.kind', item.kind)],
    [t('bin.removed_by'), `${item.removed_by?.name ?? ''} · ${dateTime(item.removed_at)}`],
    [t('bin.kept_until'), dateTime(item.kept_until)],
  ]
  return (
    <div className="stack">
      <dl className="pairs">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt className="dim">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {purging ? (
        <Form form={form} guard={false} onCancel={() => setPurging(false)} submitLabel={t('bin.purge')} danger>
          <p>{t('bin.purge_why')}</p>
          <Text label={t('customers.reason')} required autoFocus maxLength={200} {...form.bind('reason')} />
        </Form>
      ) : (
        <div className="form-foot">
          {can('customer', 'manage') && (
            <Button kind="quiet" icon="trash" onClick={() => setPurging(true)}>
              {t('bin.purge')}
            </Button>
          )}
          <Button kind="primary" autoFocus busy={busy} onClick={() => void restore()}>
            {t('bin.restore')}
          </Button>
        </div>
      )}
    </div>
  )
}

const kinds = ['customer', 'contact', 'interaction', 'case', 'todo']

const columns: Column<BinItem>[] = [
  { key: 'title', title: () => t('bin.what'), kind: 'text', text: (item) => item.title, width: 320 },
  {
    key: 'kind',
    title: () => t('bin.kind'),
    kind: 'choice',
    options: () => kinds.map((value) => ({ value, label: word('bin.kind', value) })),
    text: (item) => word('bin.kind', item.kind),
    width: 110,
    filter: true,
    card: 'mark',
  },
  {
    key: 'removed_by',
    title: () => t('bin.removed_by'),
    kind: 'person',
    text: (item) => item.removed_by?.name ?? '',
    width: 120,
    filter: true,
    card: 'line',
  },
  {
    key: 'removed_at',
    title: () => t('bin.removed_at'),
    kind: 'date',
    text: (item) => dateTime(item.removed_at),
    width: 150,
    sort: true,
    filter: true,
    card: 'line',
  },
  {
    key: 'kept_until',
    title: () => t('bin.kept_until'),
    kind: 'date',
    text: (item) => date(item.kept_until),
    width: 130,
    card: 'line',
  },
]

function presets(): Preset[] {
  return [
    { id: 'all', label: t('bin.all'), state: { sort: '-removed_at' } },
    {
      id: 'customers',
      label: t('customers.title'),
      state: { filters: [['kind', 'in', ['customer']]], sort: '-removed_at' },
    },
  ]
}
