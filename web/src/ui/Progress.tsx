/** Long work: how far it is, that one may leave, and what came of it. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Schemas } from '@/api/client'
import { jobQuery } from '@/api/lookups'
import { messageOf } from '@/api/problem'
import { lookup, percent, t } from '@/i18n'
import { Notice } from './small'

export type Job = Schemas['JobView']

/** 排队中, 进行中 45%, 已完成. */
export function jobWords({ state, done, total }: Pick<Job, 'state' | 'done' | 'total'>): string {
  if (state !== 'running') return lookup(`job.${state}`) ?? state
  return total > 0 ? t('job.running', { share: percent(Math.min(1, done / total), 0) }) : t('job.working')
}

type Props = {
  jobId: string
  title: string
  /** What it is at, while it runs. */
  doing?: (job: Job) => string
  /** Once, when it is done. */
  onDone?: (job: Job) => void
  /** What came of it: a link to the file, counts, a next step. */
  result?: (job: Job) => ReactNode
}

export function Progress({ jobId, title, doing, onDone, result }: Props) {
  const { data: job, error } = useQuery(jobQuery(jobId))
  const told = useRef(false)
  useEffect(() => {
    if (job?.state !== 'done' || told.current) return
    told.current = true
    onDone?.(job)
  }, [job, onDone])
  if (error) return <Notice tone="bad">{messageOf(error)}</Notice>
  const state = (job?.state ?? 'queued') as 'queued' | 'running' | 'done' | 'failed'
  const share = job && job.total > 0 ? job.done / job.total : undefined
  return (
    <section className="job" aria-label={title}>
      <div className="row between">
        <b>{title}</b>
        <span className={state === 'failed' ? 'late' : state === 'done' ? 'good' : 'dim'} aria-live="polite">
          {job ? jobWords(job) : t('job.queued')}
        </span>
      </div>
      <progress aria-label={title} max={1} value={state === 'done' ? 1 : share} />
      {state === 'running' && job && doing && <p>{doing(job)}</p>}
      {state === 'failed' && <Notice tone="bad">{lookup(`error.${job?.error ?? ''}`) ?? t('error.unknown')}</Notice>}
      {(state === 'queued' || state === 'running') && <p className="dim">{t('job.leave')}</p>}
      {state === 'done' && job && result?.(job)}
    </section>
  )
}
