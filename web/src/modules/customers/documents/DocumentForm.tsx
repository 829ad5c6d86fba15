/** 打印 / 导出: the forms of the handbook (R3-T1, R3-T2), for one customer at once, for many as a job. */
import { useState } from 'react'
import { type ExportResult, messageOf, newKey, takeOut, useCan } from '@/api'
import { civilDate, now } from '@/i18n'
import { Button, DateField, ExportFile, Notice, Progress, Segmented, Switch } from '@/ui'
import {
  type Chosen,
  type DocumentFormat,
  type DocumentInput,
  type DocumentSheet,
  makeDocument,
  startDocuments,
} from '../queries'
import { t } from '../words'

type Props = { of: { customer: string } | Chosen; onStart?: () => void; onDone?: () => void }

const QUARTER = 91 * 86_400_000

export function DocumentForm({ of, onStart, onDone }: Props) {
  const can = useCan()
  const [sheet, setSheet] = useState<DocumentSheet>('archive')
  const [format, setFormat] = useState<DocumentFormat>('pdf')
  const [from, setFrom] = useState<string | null>(() => civilDate(now() - QUARTER))
  const [to, setTo] = useState<string | null>(() => civilDate(now()))
  const [together, setTogether] = useState(true)
  const [job, setJob] = useState<string>()
  const [waiting, setWaiting] = useState<ExportResult>()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const many = !('customer' in of)
  const period = sheet === 'interactions'
  const make = async () => {
    const document: DocumentInput = { sheet, format, ...(period && { from, to }) }
    setBusy(true)
    setError(undefined)
    try {
      if (many) {
        setJob(await startDocuments(of, document, together && format === 'pdf'))
        onStart?.()
      } else {
        const made = await makeDocument(of.customer, document, newKey())
        if (made.waits) setWaiting(made)
        else {
          await takeOut(made.file)
          onDone?.()
        }
      }
    } catch (problem) {
      setError(messageOf(problem))
    }
    setBusy(false)
  }
  if (waiting) return <ExportFile result={waiting} onClose={onDone} />
  if (job) {
    return (
      <Progress
        jobId={job}
        title={t(`document.${sheet}`)}
        result={({ result }) => <ExportFile result={result} onClose={onDone} />}
      />
    )
  }
  const sheets: DocumentSheet[] = can('interaction', 'export') ? ['archive', 'interactions'] : ['archive']
  return (
    <>
      {error && <Notice tone="bad">{error}</Notice>}
      <Segmented<DocumentSheet>
        label={t('document.sheet')}
        options={sheets.map((value) => ({ value, label: t(`document.${value}`) }))}
        value={sheet}
        onChange={setSheet}
      />
      {period && (
        <div className="two">
          <DateField label={t('document.from')} value={from} onChange={setFrom} />
          <DateField label={t('document.to')} value={to} onChange={setTo} />
        </div>
      )}
      <Segmented<DocumentFormat>
        label={t('export.format')}
        options={[
          { value: 'pdf', label: 'PDF' },
          { value: 'docx', label: 'Word' },
          { value: 'xlsx', label: 'Excel' },
        ]}
        value={format}
        onChange={setFormat}
      />
      {many && format === 'pdf' && (
        <Switch
          label={t('document.together')}
          value={together}
          onChange={setTogether}
          hint={t('document.together_why')}
        />
      )}
      <p className="dim">{t('document.why')}</p>
      <div className="form-foot">
        <Button kind="primary" icon="download" disabled={busy} onClick={() => void make()}>
          {t('document.make')}
        </Button>
      </div>
    </>
  )
}
