/** A regulation, clause by clause, with the numbers of this month beside it. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { messageOf, useCan } from '@/api'
import { date } from '@/i18n'
import { Button, Dialog, Failed, Link, Skeleton, Status, useGo, useParam, useTitle } from '@/ui'
import { rateOf } from './ClauseTable'
import { ClauseText } from './ClauseText'
import { dutiesLink } from './links'
import { m } from './messages'
import type { Clause, ComplianceRow } from './model'
import { useAdopt } from './PolicyList'
import { namedPeriod } from './period'
import { complianceQuery, policiesQuery, policyQuery } from './queries'
import { say, term } from './sentence'
import { VersionHistory } from './VersionHistory'
import { t } from './words'
import './policy.css'

export default function PolicyPage() {
  const key = useParam('key')
  const can = useCan()
  const policy = useQuery(policyQuery(key))
  const period = namedPeriod('month')
  const numbers = useQuery({
    ...complianceQuery({ from: period.from, to: period.to, group: 'clause' }),
    enabled: can('compliance', 'read') && policy.data?.adopted === true,
  })
  useTitle(policy.data ? say(policy.data.title) : m('policy.title'))
  useHash(policy.isSuccess)
  if (policy.isPending) {
    return (
      <div className="page">
        <Skeleton lines={10} />
      </div>
    )
  }
  if (policy.isError) {
    return <Failed title={t('policy.missing')} why={messageOf(policy.error)} onRetry={() => void policy.refetch()} />
  }
  const { data } = policy
  const rows = new Map((numbers.data?.rows ?? []).map((row) => [row.key, row]))
  return (
    <div className="page regulation">
      <p className="no-print">
        <Link to="/policy">‹ {m('policy.title')}</Link>
      </p>
      <header className="page-head">
        <h1>
          {say(data.title)} <span className="dim">{data.key}</span>
        </h1>
        <Acts policyKey={key} adopted={data.adopted} />
      </header>
      <p className="regulation-summary">{say(data.summary)}</p>
      <p className="row wrap">
        {data.version ? (
          <Status tone="good">
            {t('policy.in_force', { n: data.version.number, date: date(data.version.effective_on) })}
          </Status>
        ) : (
          <Status>{t('policy.not_adopted')}</Status>
        )}
      </p>
      <nav className="contents no-print" aria-label={t('policy.contents')}>
        {data.chapters.map((chapter) => (
          <a key={chapter.key} href={`#chapter-${chapter.key}`}>
            {term('chapter', chapter.key)}
          </a>
        ))}
      </nav>
      {data.chapters.map((chapter) => (
        <section key={chapter.key} className="chapter" aria-labelledby={`chapter-${chapter.key}`}>
          <h2 id={`chapter-${chapter.key}`}>{term('chapter', chapter.key)}</h2>
          {chapter.clauses.map((clause) => (
            <ClauseText
              key={clause.id}
              clause={clause}
              aside={clause.executable && numbers.data && <Numbers clause={clause} row={rows.get(clause.id)} />}
            />
          ))}
        </section>
      ))}
    </div>
  )
}

function Numbers({ clause, row }: { clause: Clause; row: ComplianceRow | undefined }) {
  const { from, to } = namedPeriod('month')
  if (!row || row.due === 0) return <span className="dim">{t('policy.no_numbers')}</span>
  return (
    <>
      <span className="dim">{t('policy.month_numbers')}</span>
      <Link to={dutiesLink({ clause: clause.id, from, to })}>
        <b>{rateOf(row.rate)}</b>
        <span>{t('policy.numbers', { due: row.due, met: row.met })}</span>
        <span className="vh">{t('policy.drill', { clause: clause.id })}</span>
      </Link>
    </>
  )
}

function Acts({ policyKey, adopted }: { policyKey: string; adopted: boolean }) {
  const can = useCan()
  const go = useGo()
  const [open, setOpen] = useState(false)
  const [take, busy] = useAdopt()
  const summary = useQuery(policiesQuery).data?.find((policy) => policy.key === policyKey)
  return (
    <div className="row wrap no-print">
      {!adopted && can('policy', 'approve') && summary && (
        <Button kind="primary" busy={busy} onClick={() => void take([summary])}>
          {t('policy.adopt')}
        </Button>
      )}
      {adopted && can('policy', 'create') && (
        <Button icon="edit" onClick={() => go(`/policy/${policyKey}/edit`)}>
          {t('policy.edit')}
        </Button>
      )}
      {adopted && <Button onClick={() => setOpen(true)}>{t('policy.history')}</Button>}
      <Button onClick={() => globalThis.print()}>{t('policy.print')}</Button>
      <Dialog title={t('policy.history')} open={open} onClose={() => setOpen(false)} size={640}>
        <VersionHistory versions={summary?.versions ?? []} />
      </Dialog>
    </div>
  )
}

/** A link to a clause arrives before the text does. */
function useHash(ready: boolean): void {
  useEffect(() => {
    const id = decodeURIComponent(globalThis.location.hash.slice(1))
    if (ready && id) document.getElementById(id)?.scrollIntoView({ block: 'start' })
  }, [ready])
}
