/** How far a change of many customers is, what came of it, and taking it back. */
import './bulk.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { messageOf, useCustomFields } from '@/api'
import { count, dateTime, lookup, t as words } from '@/i18n'
import { Button, Failed, Link, Notice, Progress, Skeleton, Stat, Stats, toast } from '@/ui'
import { useRefresh } from '../queries'
import { t } from '../words'
import { type Bulk, type BulkRow, bulkKeys, bulkQuery, isBusy, resumeBulk, rowsQuery, undoBulk } from './queries'
import { actWords, reasonWords } from './sayings'

export function BulkOutcome({ id }: { id: string }) {
  const { data: bulk, error, refetch } = useQuery(bulkQuery(id))
  const refresh = useRefresh()
  const busy = useRef(false)
  const now = bulk ? isBusy(bulk) : false
  useEffect(() => {
    if (busy.current && !now) void refresh()
    busy.current = now
  }, [now, refresh])
  if (error) return <Failed title={t('bulk.missing')} why={messageOf(error)} onRetry={() => void refetch()} />
  if (!bulk) return <Skeleton />
  return (
    <div className="stack">
      <Head bulk={bulk} />
      {now && bulk.job_id ? (
        <Progress key={bulk.job_id} jobId={bulk.job_id} title={t(`bulk.state.${bulk.state}`)} />
      ) : (
        <Ended bulk={bulk} />
      )}
      <Rows bulk={bulk} state="refused" title={t('bulk.refused_ones')} />
      <Rows bulk={bulk} state="kept" title={t('bulk.kept_ones')} />
    </div>
  )
}

function Head({ bulk }: { bulk: Bulk }) {
  const added = useCustomFields('customer')
  return (
    <p>
      <b>{actWords(bulk.act, bulk.to, added)}</b>{' '}
      <span className="dim">
        {bulk.asked_by.name} · {dateTime(bulk.created_at)}
      </span>
    </p>
  )
}

function Ended({ bulk }: { bulk: Bulk }) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const ask = async (of: (id: string) => Promise<Bulk>) => {
    setBusy(true)
    try {
      client.setQueryData(bulkKeys.one(bulk.id), await of(bulk.id))
    } catch (error) {
      toast(messageOf(error))
    }
    setBusy(false)
  }
  const undone = bulk.state === 'undone'
  return (
    <>
      {bulk.failed && (
        <Notice tone="bad">
          {t('bulk.failed')} {lookup(`error.${bulk.failed}`) ?? words('error.unknown')}
        </Notice>
      )}
      <Stats>
        {undone ? (
          <>
            <Stat label={t('bulk.undone_n')} value={count(bulk.undone)} tone="good" />
            <Stat label={t('bulk.kept_n')} value={count(bulk.kept)} tone={bulk.kept > 0 ? 'warn' : 'none'} />
          </>
        ) : (
          <>
            <Stat label={t('bulk.changed_n')} value={count(bulk.changed)} tone="good" />
            <Stat label={t('bulk.already')} value={count(bulk.already)} />
            <Stat label={t('bulk.refused_n')} value={count(bulk.refused)} tone={bulk.refused > 0 ? 'bad' : 'none'} />
          </>
        )}
      </Stats>
      <div className="row wrap">
        {bulk.can_resume && (
          <Button autoFocus kind="primary" busy={busy} onClick={() => void ask(resumeBulk)}>
            {t('bulk.resume')}
          </Button>
        )}
        {bulk.can_undo && (
          <Button autoFocus={!bulk.can_resume} busy={busy} onClick={() => void ask(undoBulk)}>
            {t('bulk.undo')}
          </Button>
        )}
        {bulk.can_undo && <span className="dim">{t('bulk.undo_until', { when: dateTime(bulk.undo_until) })}</span>}
        <Link to="/customers/bulk">{t('bulk.all')}</Link>
      </div>
    </>
  )
}

function Rows({ bulk, state, title }: { bulk: Bulk; state: 'refused' | 'kept'; title: string }) {
  const many = bulk[state]
  const { data } = useQuery({ ...rowsQuery(bulk.id, state), enabled: many > 0 && !isBusy(bulk) })
  if (many === 0 || !data) return null
  return (
    <section>
      <h3>{title}</h3>
      <ul className="bulk-samples">
        {data.items.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
      {data.next && <p className="dim">{t('bulk.rows_more', { n: count(data.items.length) })}</p>}
    </section>
  )
}

function Row({ row: { customer, code } }: { row: BulkRow }) {
  return (
    <li>
      {customer.name ? <Link to={`/customers/${customer.id}`}>{customer.name}</Link> : t('bulk.unseen')}{' '}
      <span className="dim">{reasonWords(code)}</span>
    </li>
  )
}
