import { useState } from 'react'
import { messageOf } from '@/api'
import { count } from '@/i18n'
import { Button, Notice, Stat, Stats, Switch, useSetSearch } from '@/ui'
import { type ImportColumn, type ImportProblem, type ImportRow, startImport } from '../queries'
import { t } from '../words'
import type { Checked, SheetProps } from './ImportPage'
import { targetName } from './MapStep'
import { problemText } from './problems'
import { isRefused, problemsOf } from './state'

export function CheckStep({ view, checked }: SheetProps & { checked: Checked }) {
  const setSearch = useSetSearch()
  const { mapping, preview } = checked
  const { valid, rejected, duplicates } = preview.counts
  const [onlyProblems, setOnlyProblems] = useState(rejected > 0)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const columns = view.columns.filter((column) => mapping[column.index])
  const rows = onlyProblems ? preview.rows.filter((row) => row.problems.length > 0) : preview.rows
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
      <Stats>
        <Stat label={t('import.valid')} value={count(valid)} tone={valid > 0 ? 'good' : 'none'} />
        <Stat label={t('import.rejected')} value={count(rejected)} tone={rejected > 0 ? 'bad' : 'none'} />
        <Stat label={t('import.duplicate')} value={count(duplicates)} tone={duplicates > 0 ? 'warn' : 'none'} />
      </Stats>
      {preview.checked < view.rows && (
        <p className="dim">{t('import.checked_first', { n: count(preview.checked), total: count(view.rows) })}</p>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <Switch label={t('import.problems_only')} value={onlyProblems} onChange={setOnlyProblems} />
      {rows.length === 0 && <p className="good">{t('import.no_problems', { n: count(preview.checked) })}</p>}
      {rows.length > 0 && (
        <div className="import-scroll">
          <table className="plain preview">
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('import.row')}
                </th>
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
        <Button kind="primary" busy={busy} disabled={valid === 0} onClick={() => void start(false)}>
          {t('import.start_n', { n: count(valid) })}
        </Button>
      </div>
    </div>
  )
}

type RowProps = { row: ImportRow; columns: ImportColumn[]; mapping: Checked['mapping'] }

function PreviewRow({ row, columns, mapping }: RowProps) {
  const { cells, whole } = problemsOf(row, mapping)
  return (
    <tr data-refused={isRefused(row) || undefined}>
      <th scope="row" className="num">
        {row.row}
        {whole.map((problem) => (
          <What key={problem.code} problem={problem} />
        ))}
      </th>
      {columns.map((column) => {
        const problems = cells.get(column.index) ?? []
        const level = problems.some((problem) => problem.level === 'error') ? 'error' : problems[0]?.level
        return (
          <td key={column.index} data-level={level}>
            {row.cells[column.index] || '–'}
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
