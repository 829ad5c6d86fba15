/** What a version would change today, counted before it is decided on. */
import { useState } from 'react'
import { messageOf } from '@/api'
import { count } from '@/i18n'
import { Button, type Job, Progress, toast } from '@/ui'
import { countImpact } from './queries'
import { t } from './words'

type Moves = { clause: string; opened: number; changed: number; cancelled: number }
type Counted = { customers: number; clauses: Moves[] }

export function Impact({ version }: { version: string }) {
  const [job, setJob] = useState<string>()
  const start = async () => {
    try {
      setJob(await countImpact(version))
    } catch (error) {
      toast(messageOf(error))
    }
  }
  return (
    <section className="section stack">
      <h2>{t('impact.title')}</h2>
      {job ? (
        <Progress
          key={job}
          jobId={job}
          title={t('impact.counting')}
          doing={({ done }) => t('impact.so_far', { n: count(done) })}
          result={(done) => <Found counted={countedOf(done)} />}
        />
      ) : (
        <>
          <p className="dim">{t('impact.why')}</p>
          <div>
            <Button onClick={() => void start()}>{t('impact.count')}</Button>
          </div>
        </>
      )}
    </section>
  )
}

const countedOf = (job: Job) => job.result as unknown as Counted

function Found({ counted: { customers, clauses } }: { counted: Counted }) {
  const note = <p className="dim">{t('impact.note', { n: count(customers) })}</p>
  if (clauses.length === 0) {
    return (
      <>
        <p>{t('impact.none')}</p>
        {note}
      </>
    )
  }
  return (
    <>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('impact.clause')}</th>
            {(['opened', 'changed', 'cancelled'] as const).map((what) => (
              <th key={what} scope="col" className="num">
                {t(`impact.${what}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {clauses.map((moves) => (
            <tr key={moves.clause}>
              <th scope="row">{moves.clause}</th>
              <td className="num">{count(moves.opened)}</td>
              <td className="num">{count(moves.changed)}</td>
              <td className="num">{count(moves.cancelled)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {note}
    </>
  )
}
