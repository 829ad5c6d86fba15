import { useState } from 'react'
import { messageOf } from '@/api'
import { count, lookup, money } from '@/i18n'
import { Button, Notice, Status, Switch, useSetSearch } from '@/ui'
import { type ImportColumn, type ImportProblem, type ImportRow, startImport } from '../queries'
import { t } from '../words'
import type { Checked, SheetProps } from './ImportPage'
import { targetName } from './MapStep'
import { Outcomes, tones } from './Outcomes'
import { problemText } from './problems'
import { isNotable, problemsOf, takenOf } from './state'
import { useSubject } from './subject'
import { Unknown } from './Unknown'

type Props = SheetProps & { checked: Checked; onChecked: (checked: Checked) => void }

export function CheckStep({ view, checked, onChecked }: Props) {
  const setSearch = useSetSearch()
  const { mapping, preview } = checked
  const { counts } = preview
  const taken = takenOf(counts)
  const [onlyNotable, setOnlyNotable] = useState(counts.rejected > 0)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const columns = view.columns.filter((column) => mapping[column.index])
  const rows = onlyNotable ? preview.rows.filter(isNotable) : preview.rows
  const isWhole = preview.checked === view.rows
  const start = async (dry: boolean) => {
    setBusy(true)
    try {
      setSearch({ job: await startImport(view.id, dry), dry: dry ? '1' : undefined })
    } catch (problem) {
      setError(messageOf(problem))
      setBusy(false)
    }
  }
  return (
    <div className="stack wide">
      <Outcomes rows={preview.checked} counts={counts} />
      {!isWhole && (
        <p className="dim">{t('import.checked_first', { n: count(preview.checked), total: count(view.rows) })}</p>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <Unknown view={view} checked={checked} onChecked={onChecked} />
      <Switch label={t('import.notable_only')} value={onlyNotable} onChange={setOnlyNotable} />
      {rows.length === 0 && <p className="good">{t('import.no_problems', { n: count(preview.checked) })}</p>}
      {rows.length > 0 && (
        <div className="import-scroll">
          <table className="plain preview">
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('import.row')}
                </th>
                <th scope="col">{t('import.outcome')}</th>
                {columns.map((column) => (
                  <th key={column.index} scope="col">
                    {targetName(mapping[column.index] ?? '')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <PreviewRow key={row.row} row={row} columns={columns} mapping={mapping} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="form-foot">
        <Button kind="quiet" onClick={() => setSearch({ step: undefined })}>
          {t('import.back')}
        </Button>
        <Button disabled={busy} onClick={() => void start(true)}>
          {t('import.dry_run')}
        </Button>
        <Button kind="primary" busy={busy} disabled={taken === 0} onClick={() => void start(false)}>
          {isWhole ? t('import.start_n', { n: count(taken) }) : t('import.start')}
        </Button>
      </div>
    </div>
  )
}

type RowProps = { row: ImportRow; columns: ImportColumn[]; mapping: Checked['mapping'] }

function PreviewRow({ row, columns, mapping }: RowProps) {
  const { cells, whole } = problemsOf(row, mapping)
  return (
    <tr data-refused={row.outcome === 'rejected' || undefined}>
      <th scope="row" className="num">
        {row.row}
      </th>
      <td>
        <Becomes row={row} />
        {whole.map((problem) => (
          <What key={problem.code} problem={problem} />
        ))}
      </td>
      {columns.map((column) => {
        const problems = cells.get(column.index) ?? []
        const level = problems.some((problem) => problem.level === 'error') ? 'error' : problems[0]?.level
        return (
          <td key={column.index} data-level={level}>
            {row.cells[column.index] || '–'}
            <Understood row={row} index={column.index} />
            {problems.map((problem) => (
              <What key={problem.code} problem={problem} />
            ))}
          </td>
        )
      })}
    </tr>
  )
}

function What({ problem }: { problem: ImportProblem }) {
  return <em className={problem.level === 'error' ? 'late' : 'soon'}>{problemText(problem)}</em>
}

/** An amount whose heading or text says 万 is another number than the cell shows. */
function Understood({ row, index }: { row: ImportRow; index: number }) {
  const amount = row.amounts?.find((one) => one.index === index)
  const shown = Number((row.cells[index] ?? '').replaceAll(',', ''))
  if (!amount || amount.fen === Math.round(shown * 100)) return null
  return <em className="dim">{t('import.read_as', { what: money(amount.fen) })}</em>
}

/** What becomes of the row, and which customer it is: of one that the reader may not see, only that there is one. */
function Becomes({ row }: { row: ImportRow }) {
  const { outcome, existing, same_as_row: twin } = row
  const subject = useSubject()
  return (
    <>
      <Status tone={tones[outcome]}>{t(`import.outcome_${outcome}`)}</Status>
      {typeof twin === 'number' && <em className="dim">{t('import.same_as_row', { n: twin })}</em>}
      {existing && (
        // Beside the check, which another page would end.
        <a href={`/customers/${existing.id}`} title={existing.number} target="_blank" rel="noreferrer">
          {existing.name}
        </a>
      )}
      {outcome === 'skipped' && subject === 'cooperation' && <em className="dim">{t('import.known')}</em>}
      {outcome === 'skipped' && subject === 'customer' && !existing && !twin && (
        <em className="soon">{lookup('error.duplicate.unseen')}</em>
      )}
    </>
  )
}
