/** 谁看过: who opened this customer, saw full numbers, printed or took out something of it, the latest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { count, dateTime, t as words } from '@/i18n'
import { Button, Empty, ExportFile, Failed, Link, Notice, Progress, Skeleton, Status } from '@/ui'
import type { Customer } from '../queries'
import { t } from '../words'
import { exportSights, sightsQuery } from './queries'

export default function Sights({ customer }: { customer: Customer }) {
  const can = useCan()
  const pages = useInfiniteQuery(sightsQuery(customer.id))
  const [job, setJob] = useState<string>()
  const [error, setError] = useState<string>()
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const start = async () => {
    setError(undefined)
    await exportSights(customer.id).then(setJob, (problem: unknown) => setError(messageOf(problem)))
  }
  return (
    <section className="stack">
      <div className="row between wrap">
        <p className="dim">
          {t('seen.why')} {t('seen.lists')}{' '}
          {can('release', 'read') && <Link to="/settings/exports">{t('seen.register')}</Link>}
        </p>
        {can('trace', 'export') && items.length > 0 && !job && (
          <Button icon="download" onClick={() => void start()}>
            {t('seen.take_out')}
          </Button>
        )}
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      {job && (
        <Progress jobId={job} title={t('seen.take_out')} result={({ result }) => <ExportFile result={result} />} />
      )}
      {pages.isPending && <Skeleton lines={6} />}
      {pages.isError && (
        <Failed title={words('list.failed')} why={messageOf(pages.error)} onRetry={() => void pages.refetch()} />
      )}
      {pages.isSuccess && items.length === 0 && <Empty title={t('seen.empty')} why={t('seen.empty_why')} />}
      {items.length > 0 && (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('seen.who')}</th>
              <th scope="col">{t('seen.what')}</th>
              <th scope="col">{t('seen.when')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((sight) => (
              <tr key={`${sight.by.id} ${sight.how} ${sight.at}`}>
                <th scope="row">{sight.by.name}</th>
                <td>
                  <Status tone={sight.how === 'opened' ? 'none' : 'warn'}>{t(`seen.${sight.how}`)}</Status>
                  {sight.times > 1 && <span className="dim"> {t('seen.times', { n: count(sight.times) })}</span>}
                </td>
                <td>{dateTime(sight.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {pages.hasNextPage && <Button onClick={() => void pages.fetchNextPage()}>{t('seen.more')}</Button>}
    </section>
  )
}
