/** The changes of many customers that one has made: found again after they were left. */
import { useCustomFields } from '@/api'
import { count, dateTime } from '@/i18n'
import { type Column, DataView, Dialog, type Preset, Status, type Tone } from '@/ui'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { BulkOutcome } from './BulkOutcome'
import { type Bulk, bulkKeys, listBulk } from './queries'
import { actWords } from './sayings'

export default function BulkList() {
  const added = useCustomFields('customer')
  const columns: Column<Bulk>[] = [
    {
      key: 'act',
      title: () => t('bulk.what'),
      kind: 'text',
      text: (bulk) => actWords(bulk.act, bulk.to, added),
      width: 300,
    },
    ...others,
  ]
  return (
    <div className="page">
      <DataView
        list="bulk_changes"
        title={t('bulk.title')}
        columns={columns}
        presets={presets()}
        queryKey={bulkKeys.all}
        load={listBulk}
        id={(bulk) => bulk.id}
        empty={{ title: t('bulk.none'), why: t('bulk.none_why') }}
        actions={<Tabs />}
        record={(id, { close }) => (
          <Dialog title={t('bulk.one')} open onClose={close} size={560}>
            <BulkOutcome id={id} />
          </Dialog>
        )}
      />
    </div>
  )
}

const tones: Record<Bulk['state'], Tone> = {
  gathering: 'warn',
  running: 'warn',
  done: 'good',
  undoing: 'warn',
  undone: 'none',
}

const others: Column<Bulk>[] = [
  {
    key: 'state',
    title: () => t('bulk.state'),
    kind: 'text',
    text: (bulk) => (bulk.failed ? t('bulk.state.failed') : t(`bulk.state.${bulk.state}`)),
    cell: (bulk) =>
      bulk.failed ? (
        <Status tone="bad">{t('bulk.state.failed')}</Status>
      ) : (
        <Status tone={tones[bulk.state]}>{t(`bulk.state.${bulk.state}`)}</Status>
      ),
    width: 110,
    card: 'mark',
  },
  { key: 'found', title: () => t('bulk.found'), kind: 'number', text: (bulk) => count(bulk.found), width: 90 },
  {
    key: 'changed',
    title: () => t('bulk.changed_n'),
    kind: 'number',
    text: (bulk) => count(bulk.changed),
    width: 90,
    card: 'line',
  },
  {
    key: 'refused',
    title: () => t('bulk.refused_n'),
    kind: 'number',
    text: (bulk) => count(bulk.refused),
    width: 90,
    card: 'line',
  },
  {
    key: 'created_at',
    title: () => t('bulk.when'),
    kind: 'date',
    text: (bulk) => dateTime(bulk.created_at),
    width: 150,
    sort: true,
    card: 'line',
  },
]

function presets(): Preset[] {
  return [{ id: 'all', label: t('bulk.all'), state: { sort: '-created_at' } }]
}
