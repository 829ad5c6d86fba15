import { useState } from 'react'
import { type ListQuery, type Me, useCan, useMe } from '@/api'
import { civilDate, now } from '@/i18n'
import { type BulkAction, Button, DataView, Dialog, type Preset, toast, useGo } from '@/ui'
import { BulkGrade, BulkOwner, BulkTags } from './BulkChange'
import CustomerDrawer from './CustomerDrawer'
import { CustomerForm } from './CustomerForm'
import { columns as ownColumns } from './columns'
import { useCustomColumns } from './custom'
import { ExportDialog } from './ExportDialog'
import { type CustomerLine, keys, listCustomers } from './queries'
import { Tabs } from './Tabs'
import { t } from './words'

type Panel =
  | { kind: 'new' }
  | { kind: 'grade' | 'owner' | 'tags'; rows: CustomerLine[]; done: () => void }
  | { kind: 'export'; query: Omit<ListQuery, 'cursor' | 'limit'>; columns: string[] }

export default function CustomerList() {
  const can = useCan()
  const me = useMe()
  const go = useGo()
  const [panel, setPanel] = useState<Panel>()
  const close = () => setPanel(undefined)
  const custom = useCustomColumns<CustomerLine>()
  const columns = [...ownColumns, ...custom]
  const create = can('customer', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => setPanel({ kind: 'new' })}>
      {t('customers.new')}
    </Button>
  )
  const bring = can('customer', 'import') && (
    <Button icon="upload" onClick={() => go('/customers/import')}>
      {t('import.run_title')}
    </Button>
  )
  const bulk: BulkAction<CustomerLine>[] = []
  if (can('customer', 'update')) {
    bulk.push({
      id: 'grade',
      label: t('customers.set_grade'),
      icon: 'flag',
      run: (rows, done) => setPanel({ kind: 'grade', rows, done }),
    })
  }
  if (can('customer', 'assign')) {
    bulk.push({
      id: 'owner',
      label: t('customers.set_owner'),
      icon: 'people',
      run: (rows, done) => setPanel({ kind: 'owner', rows, done }),
    })
  }
  if (can('customer', 'update')) {
    bulk.push({
      id: 'tags',
      label: t('customers.set_tags'),
      icon: 'edit',
      run: (rows, done) => setPanel({ kind: 'tags', rows, done }),
    })
  }
  const choose = (
    <>
      <Tabs />
      <div className="row">
        {bring}
        {create}
      </div>
    </>
  )
  return (
    <div className="page">
      <DataView
        list="customers"
        title={t('customers.title')}
        columns={columns}
        presets={presets(me)}
        queryKey={keys.all}
        load={listCustomers}
        id={(customer) => customer.id}
        searchHint={t('customers.search_hint')}
        empty={{ title: t('customers.empty'), why: t('customers.empty_why'), action: bring || create }}
        actions={choose}
        bulk={bulk}
        onExport={
          can('customer', 'export') ? (query, shown) => setPanel({ kind: 'export', query, columns: shown }) : undefined
        }
        record={(id, neighbours) => <CustomerDrawer id={id} neighbours={neighbours} />}
      />
      <Dialog title={t('customers.new')} open={panel?.kind === 'new'} onClose={close} size={720}>
        <CustomerForm
          onCancel={close}
          onDone={(customer) => {
            close()
            toast(t('customers.created', { name: customer.name }))
            go(`/customers?open=${customer.id}`)
          }}
        />
      </Dialog>
      <Dialog title={t('customers.set_grade')} open={panel?.kind === 'grade'} onClose={close} size={420}>
        {panel?.kind === 'grade' && <BulkGrade rows={panel.rows} onDone={finish(panel.done, close)} />}
      </Dialog>
      <Dialog title={t('customers.set_owner')} open={panel?.kind === 'owner'} onClose={close} size={420}>
        {panel?.kind === 'owner' && <BulkOwner rows={panel.rows} onDone={finish(panel.done, close)} />}
      </Dialog>
      <Dialog title={t('customers.set_tags')} open={panel?.kind === 'tags'} onClose={close} size={420}>
        {panel?.kind === 'tags' && <BulkTags rows={panel.rows} onDone={finish(panel.done, close)} />}
      </Dialog>
      {panel?.kind === 'export' && (
        <ExportDialog query={panel.query} columns={columns} shown={panel.columns} onClose={close} />
      )}
    </div>
  )
}

function finish(...acts: (() => void)[]): () => void {
  return () => {
    for (const act of acts) act()
  }
}

function presets(me: Me | undefined): Preset[] {
  const silentSince = civilDate(now() - 30 * 86_400_000)
  return [
    { id: 'all', label: t('customers.all'), state: { sort: 'name' } },
    {
      id: 'mine',
      label: t('customers.mine'),
      state: { filters: [['owner', 'eq', me?.id ?? '']], sort: 'next_contact_at' },
    },
    { id: 'vip', label: t('customers.vip'), state: { filters: [['grade', 'in', ['vip']]], sort: 'last_contact_at' } },
    {
      id: 'silent',
      label: t('customers.silent'),
      state: { filters: [['last_contact_at', 'le', silentSince]], sort: 'last_contact_at' },
    },
  ]
}
