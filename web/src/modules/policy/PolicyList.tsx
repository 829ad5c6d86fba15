/** The regulations: adopted ones with the version in force, the others ready to be adopted. */
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { messageOf, newKey, useCan } from '@/api'
import { date } from '@/i18n'
import { Button, Failed, Link, Skeleton, Status, toast, useTitle } from '@/ui'
import { m } from './messages'
import type { PolicySummary } from './model'
import { adopt, policiesQuery, useRefresh } from './queries'
import { say } from './sentence'
import { PolicyTabs } from './Tabs'
import { t } from './words'
import './policy.css'

export default function PolicyList() {
  const policies = useQuery(policiesQuery)
  const can = useCan()
  const [take, busy] = useAdopt()
  useTitle(m('policy.title'))
  const all = policies.data ?? []
  const rest = all.filter((policy) => !policy.adopted)
  return (
    <div className="page">
      <div className="page-head">
        <h1>{m('policy.title')}</h1>
        <PolicyTabs />
      </div>
      {policies.isPending && <Skeleton lines={8} />}
      {policies.isError && (
        <Failed title={t('policy.missing')} why={messageOf(policies.error)} onRetry={() => void policies.refetch()} />
      )}
      {all.length > 0 && rest.length === all.length && (
        <section className="welcome">
          <h2>{t('policy.start_title')}</h2>
          <p>{t('policy.start_why')}</p>
          {can('policy', 'approve') && (
            <Button kind="primary" busy={busy} onClick={() => void take(rest)}>
              {t('policy.adopt_all', { n: rest.length })}
            </Button>
          )}
        </section>
      )}
      <ul className="policies">
        {all.map((policy) => (
          <Entry
            key={policy.key}
            policy={policy}
            onAdopt={can('policy', 'approve') ? () => void take([policy]) : undefined}
          />
        ))}
      </ul>
    </div>
  )
}

function Entry({ policy, onAdopt }: { policy: PolicySummary; onAdopt?: () => void }) {
  const { effective } = policy
  const waiting = policy.versions.find((version) => ['submitted', 'draft', 'approved'].includes(version.state))
  return (
    <li>
      <span className="policy-key">{policy.key}</span>
      <div className="grow">
        <h2>
          <Link to={`/policy/${policy.key}`}>{say(policy.title)}</Link>
        </h2>
        <p className="dim">{say(policy.summary)}</p>
        <p className="row wrap policy-state">
          {effective ? (
            <Status tone={policy.executable > 0 ? 'good' : undefined}>
              {t('policy.in_force', { n: effective.number, date: date(effective.effective_on) })}
            </Status>
          ) : (
            <Status>{t('policy.not_adopted')}</Status>
          )}
          <span className="dim">{t('policy.clauses', { n: policy.clauses })}</span>
          <span className="dim">{t('policy.executable', { n: policy.executable })}</span>
          {waiting && (
            <Link to={`/policy/versions/${waiting.id}`}>
              {waiting.state === 'approved'
                ? t('policy.planned', { n: waiting.number, date: date(waiting.effective_on) })
                : t(waiting.state === 'draft' ? 'policy.draft_open' : 'policy.waiting', { n: waiting.number })}
            </Link>
          )}
        </p>
      </div>
      {!policy.adopted && onAdopt && <Button onClick={onAdopt}>{t('policy.adopt')}</Button>}
    </li>
  )
}

/** Several at once under one idempotency key: a second click adopts nothing twice. */
export function useAdopt() {
  const refresh = useRefresh()
  const key = useRef(newKey())
  const [busy, setBusy] = useState(false)
  const take = async (policies: PolicySummary[]) => {
    setBusy(true)
    try {
      await adopt(
        policies.map((policy) => policy.key),
        key.current,
      )
      key.current = newKey()
      toast(t('policy.adopted'))
      await refresh()
    } catch (error) {
      toast(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return [take, busy] as const
}
