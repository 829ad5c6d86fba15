/** The present view as a file: as a table with chosen columns, or as a filled form for each customer. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldAccess, type ListQuery, messageOf, useMe } from '@/api'
import { count, t as words } from '@/i18n'
import {
  Button,
  type Column,
  Dialog,
  ExportFile,
  ExportLimit,
  IconButton,
  move,
  Notice,
  Progress,
  Segmented,
  Text,
  useExportLimit,
} from '@/ui'
import { countQuery } from './bulk/queries'
import { DocumentForm } from './documents/DocumentForm'
import { type CustomerLine, type ExportFormat, startExport } from './queries'
import { t } from './words'

type Props = {
  query: Omit<ListQuery, 'cursor' | 'limit'>
  columns: Column<CustomerLine>[]
  /** Keys of the columns on the screen, in their order. */
  shown: string[]
  onClose: () => void
}

export function ExportDialog(props: Props) {
  const [what, setWhat] = useState<'table' | 'forms'>('table')
  const [started, setStarted] = useState(false)
  return (
    <Dialog title={t('export.title')} open onClose={props.onClose} size={480}>
      <div className="stack">
        {!started && (
          <Segmented<'table' | 'forms'>
            label={t('export.what')}
            options={[
              { value: 'table', label: t('export.table') },
              { value: 'forms', label: t('export.forms') },
            ]}
            value={what}
            onChange={setWhat}
          />
        )}
        {what === 'table' ? (
          <TableExport {...props} onStart={() => setStarted(true)} />
        ) : (
          <DocumentForm of={{ query: props.query }} onStart={() => setStarted(true)} onDone={props.onClose} />
        )}
      </div>
    </Dialog>
  )
}

function TableExport({ query, columns, shown, onClose, onStart }: Props & { onStart: () => void }) {
  const [chosen, setChosen] = useState(shown)
  const [format, setFormat] = useState<ExportFormat>('xlsx')
  const [job, setJob] = useState<string>()
  const [purpose, setPurpose] = useState('')
  const [error, setError] = useState<string>()
  const rows = useQuery(countQuery(query)).data
  const { beyond } = useExportLimit(rows)
  const start = async () => {
    try {
      setJob(await startExport({ query }, chosen, format, purpose.trim() || undefined))
      onStart()
    } catch (problem) {
      setError(messageOf(problem))
    }
  }
  if (job) {
    return (
      <Progress
        jobId={job}
        title={t('export.title')}
        doing={({ done }) => t('export.rows', { n: count(done) })}
        result={({ result }) => <ExportFile result={result} explained={Boolean(purpose.trim())} onClose={onClose} />}
      />
    )
  }
  return (
    <>
      <p className="dim">{t('export.why', { n: chosen.length })}</p>
      <ExportLimit rows={rows} />
      {beyond && (
        <Text
          label={words('export_file.purpose')}
          placeholder={words('export_file.purpose_hint')}
          maxLength={200}
          value={purpose}
          onChange={setPurpose}
        />
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <Segmented<ExportFormat>
        label={t('export.format')}
        options={[
          { value: 'xlsx', label: 'Excel (xlsx)' },
          { value: 'csv', label: 'CSV' },
        ]}
        value={format}
        onChange={setFormat}
      />
      <ColumnOrder columns={columns} chosen={chosen} onChange={setChosen} />
      <div className="form-foot">
        <Button kind="primary" icon="download" disabled={chosen.length === 0} onClick={() => void start()}>
          {t('export.start')}
        </Button>
      </div>
    </>
  )
}

/** Facts of an archive that no list has a column for. */
const FACTS = [
  'short_name',
  'credit_code',
  'address',
  'website',
  'founded_on',
  'main_business',
  'organisation',
  'cooperation_since',
  'preferences',
  'core_need',
  'notes',
] as const

type OrderProps = { columns: Column<CustomerLine>[]; chosen: string[]; onChange: (chosen: string[]) => void }

function ColumnOrder({ columns, chosen, onChange }: OrderProps) {
  const me = useMe()
  const facts = FACTS.filter((fact) => fieldAccess(me, `customer.${fact}`) !== 'hidden')
  const names = new Map([
    ...columns.filter((column) => !column.filterOnly).map((column) => [column.key, column.title()] as const),
    ...facts.map((fact) => [fact, t(`field.${fact}`)] as const),
  ])
  const rest = [...names.keys()].filter((key) => !chosen.includes(key))
  const name = (key: string) => names.get(key) ?? key
  return (
    <fieldset className="form-group export-columns">
      <legend>{t('export.columns')}</legend>
      <ul>
        {chosen.map((key, at) => (
          <li key={key} className="row">
            <label className="row grow">
              <input type="checkbox" checked onChange={() => onChange(chosen.filter((other) => other !== key))} />
              {name(key)}
            </label>
            <IconButton
              icon="up"
              label={t('export.up', { what: name(key) })}
              disabled={at === 0}
              onClick={() => onChange(move(chosen, at, at - 1))}
            />
            <IconButton
              icon="down"
              label={t('export.down', { what: name(key) })}
              disabled={at === chosen.length - 1}
              onClick={() => onChange(move(chosen, at, at + 1))}
            />
          </li>
        ))}
        {rest.map((key) => (
          <li key={key} className="row">
            <label className="row grow dim">
              <input type="checkbox" checked={false} onChange={() => onChange([...chosen, key])} />
              {name(key)}
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  )
}
