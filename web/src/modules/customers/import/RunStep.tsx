import { useQueryClient } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { count } from '@/i18n'
import { Button, type Job, Link, Progress, toast, useGo, useSearch, useSetSearch } from '@/ui'
import { keys, startImport } from '../queries'
import { t } from '../words'
import type { SheetProps } from './ImportPage'
import { Outcomes } from './Outcomes'
import { countsOf, outcomes, takenOf } from './state'
import { pathsOf, useSubject } from './subject'

/** The work runs at the server: one may leave and find it again under the same address. */
export function RunStep({ view }: SheetProps) {
  const { job, dry } = useSearch()
  const client = useQueryClient()
  const dryRun = dry === '1'
  return (
    <div className="stack wide">
      <Progress
        key={job}
        jobId={job ?? ''}
        title={`${dryRun ? t('import.dry_title') : t('import.run_title')} · ${view.file}`}
        onDone={() => void client.invalidateQueries({ queryKey: keys.all })}
        result={(done) => <Result job={done} importId={view.id} dryRun={dryRun} />}
      />
    </div>
  )
}

function Result({ job, importId, dryRun }: { job: Job; importId: string; dryRun: boolean }) {
  const go = useGo()
  const paths = pathsOf[useSubject()]
  const setSearch = useSetSearch()
  const result = (job.result ?? {}) as Record<string, unknown>
  const start = async () => {
    try {
      setSearch({ job: await startImport(importId, false), dry: undefined })
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const counts = countsOf(result)
  const rows = outcomes.reduce((sum, outcome) => sum + counts[outcome], 0)
  const contacts = Number(result.contacts ?? 0)
  return (
    <div className="stack wide">
      <p>
        <b>{dryRun ? t('import.dry_done') : t('import.done')}</b>
      </p>
      <Outcomes rows={rows} counts={counts} />
      {contacts > 0 && <p className="dim">{t('import.contacts_too', { n: count(contacts) })}</p>}
      {counts.rejected + counts.skipped > 0 && (
        <p>
          <a className="download" href={`/api/v1/imports/${importId}/rejected`} download>
            {t('import.rejected_file')}
          </a>
        </p>
      )}
      <div className="row wrap">
        {dryRun ? (
          <>
            <Button kind="primary" disabled={takenOf(counts) === 0} onClick={() => void start()}>
              {t('import.start_n', { n: count(takenOf(counts)) })}
            </Button>
            <Button onClick={() => setSearch({ job: undefined, dry: undefined, step: undefined })}>
              {t('import.back')}
            </Button>
          </>
        ) : (
          <Button kind="primary" onClick={() => go(paths.done)}>
            {t('import.see')}
          </Button>
        )}
        <Link to={paths.page}>{t('import.again')}</Link>
      </div>
    </div>
  )
}
