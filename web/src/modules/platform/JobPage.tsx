import { useQuery } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { dateTime, lookup, t as words } from '@/i18n'
import { Empty, Failed, jobWords, Link, Skeleton, Status, Switch, type Tone, useSearch, useSetSearch } from '@/ui'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import { type Job, jobsQuery } from './queries'
import { SamplePeople } from './SamplePeople'
import { t } from './words'

export default function JobPage() {
  const search = useSearch()
  const setSearch = useSetSearch()
  const mine = search.all !== '1'
  const jobs = useQuery(jobsQuery(mine))
  return (
    <SettingsFrame
      title={m('settings.jobs')}
      actions={
        <Switch
          label={t('job.mine')}
          value={mine}
          onChange={(on) => setSearch({ all: on ? undefined : '1' }, { replace: true })}
        />
      }
    >
      {jobs.isPending && <Skeleton lines={6} />}
      {jobs.isError && (
        <Failed title={words('list.failed')} why={messageOf(jobs.error)} onRetry={() => void jobs.refetch()} />
      )}
      {jobs.data?.length === 0 && <Empty title={t('job.empty')} why={t('job.empty_why')} />}
      <ul className="jobs">
        {jobs.data?.map((job) => (
          <Line key={job.id} job={job} />
        ))}
      </ul>
    </SettingsFrame>
  )
}

const tones: Record<string, Tone> = { done: 'good', failed: 'bad', running: 'accent' }

function Line({ job }: { job: Job }) {
  const name = lookup(`job.kind.${job.kind}`) ?? job.kind
  const file = job.result?.file
  return (
    <li>
      <div className="row wrap between">
        <b>{name}</b>
        <span className="dim">{dateTime(job.created_at)}</span>
      </div>
      <div className="row wrap">
        <Status tone={tones[job.state] ?? 'none'}>{jobWords(job)}</Status>
        {job.state === 'running' && job.total > 0 && <progress aria-label={name} max={job.total} value={job.done} />}
        {job.error && <span className="late">{lookup(`error.${job.error}`) ?? job.detail ?? job.error}</span>}
        {typeof file === 'string' && <Link to="/settings/exports">{words('list.export')}</Link>}
      </div>
      <SamplePeople result={job.result} />
    </li>
  )
}
