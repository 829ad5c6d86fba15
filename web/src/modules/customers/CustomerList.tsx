import { useState } from 'react'
import { type ListQuery, type Me, useCan, useMe } from '@/api'
import { civilDate, now } from '@/i18n'
import { type BulkAction, Button, DataView, Dialog, type IconName, type Preset, toast, useGo } from '@/ui'
import type { ActKind } from './bulk/ActForm'
import { BulkDialog } from './bulk/BulkDialog'
import { countAll, type Selection, selectionOf } from './bulk/queries'
import CustomerDrawer from './CustomerDrawer'
import { CustomerForm } from './CustomerForm'
import { columns as ownColumns } from './columns'
import { useCustomColumns } from './custom'
import { DocumentForm } from './documents/DocumentForm'
import { ExportDialog } from './ExportDialog'
import { useMaySetGrade } from './grades/maySet'
import { type Chosen, type CustomerLine, keys, listCustomers } from './queries'
import { Tabs } from './Tabs'
import { t } from './words'

type Panel =
  | { kind: 'new' }
  | { kind: 'bulk'; act: ActKind; selection: Selection; done: () => void }
  | { kind: 'print'; of: Chosen }
  | { kind: 'export'; query: Omit<ListQuery, 'cursor' | 'limit'>; columns: string[] }

export default function CustomerList() {
  const can = useCan()
  const maySetGrade = useMaySetGrade()
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
  const act = (id: ActKind, label: string, icon: IconName): BulkAction<CustomerLine> => ({
    id,
    label,
    icon,
    danger: id === 'remove',
    run: (rows, done, all) => {
      const selection = all ? selectionOf(all) : { ids: rows.map((row) => row.id) }
      setPanel({ kind: 'bulk', act: id, selection, done })
    },
  })
  // Every change of many is a change of customers; what else it needs is told by the action.
  const bulk = can('customer', 'update')
    ? [
        ...(can('customer', 'assign') ? [act('owner', t('bulk.owner'), 'people')] : []),
        act('tags', t('customers.set_tags'), 'star'),
        ...(maySetGrade ? [act('grade', t('customers.set_grade'), 'flag')] : []),
        act('edit', t('bulk.edit'), 'edit'),
        ...(can('customer', 'delete') ? [act('remove', t('bulk.remove'), 'trash')] : []),
      ]
    : []
  if (can('customer', 'export')) {
    bulk.push({
      id: 'print',
      label: t('document.title'),
      icon: 'print',
      run: (rows, _, all) => setPanel({ kind: 'print', of: all ? { query: all } : { ids: rows.map((row) => row.id) } }),
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
        countAll={countAll}
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
      {panel?.kind === 'bulk' && (
        <BulkDialog
          kind={panel.act}
          selection={panel.selection}
          onClose={close}
          onDone={() => {
            panel.done()
            close()
          }}
        />
      )}
      <Dialog title={t('document.title')} open={panel?.kind === 'print'} onClose={close} size={480}>
        <div className="stack">{panel?.kind === 'print' && <DocumentForm of={panel.of} onDone={close} />}</div>
      </Dialog>
      {panel?.kind === 'export' && (
        <ExportDialog query={panel.query} columns={columns} shown={panel.columns} onClose={close} />
      )}
    </div>
  )
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
