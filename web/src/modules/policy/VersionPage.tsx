/** One version of a regulation: what it changes, and the decision of a second person. */
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { messageOf, useCan, useMe } from '@/api'
import { civilDate, date, list, now } from '@/i18n'
import {
  Area,
  Button,
  DateField,
  Dialog,
  Facts,
  Failed,
  Form,
  Link,
  Notice,
  required,
  Skeleton,
  toast,
  useForm,
  useGo,
  useParam,
  useTitle,
} from '@/ui'
import { Differences } from './Differences'
import { Impact } from './Impact'
import { m } from './messages'
import type { VersionRecord } from './model'
import { approveVersion, rejectVersion, submitVersion, useRefresh, versionQuery, withdrawVersion } from './queries'
import { say } from './sentence'
import { nextStart } from './start'
import { VersionStatus } from './VersionHistory'
import { t } from './words'
import './policy.css'

export default function VersionPage() {
  const id = useParam('id')
  const version = useQuery(versionQuery(id))
  const { data } = version
  const can = useCan()
  const title = data ? t('version.of', { name: say(data.content.title), n: data.number }) : m('policy.title')
  useTitle(title)
  if (version.isError) {
    return <Failed title={t('policy.missing')} why={messageOf(version.error)} onRetry={() => void version.refetch()} />
  }
  if (!data) {
    return (
      <div className="page">
        <Skeleton lines={8} />
      </div>
    )
  }
  return (
    <div className="page stack wide">
      <div>
        <p className="no-print">
          <Link to={`/policy/${data.policy}`}>‹ {say(data.content.title)}</Link>
        </p>
        <header className="page-head">
          <h1>{title}</h1>
          <Decide version={data} />
        </header>
        <p className="row wrap">
          <VersionStatus state={data.state} />
          {data.state === 'submitted' && <span className="dim">{approversText(data)}</span>}
        </p>
      </div>
      <Notes version={data} />
      <section className="section stack">
        <h2>
          {t('version.differences')}{' '}
          {data.based_on && <span className="dim">{t('version.based_on', { n: data.based_on })}</span>}
        </h2>
        {data.based_on ? <Differences version={data} /> : <p className="dim">{t('version.first')}</p>}
      </section>
      {data.state === 'submitted' && can('policy', 'approve') && <Impact version={data.id} />}
    </div>
  )
}

/** Whom to ask. */
function approversText({ approvers }: VersionRecord): string {
  if (approvers.length === 0) return t('version.nobody')
  const names = list(approvers.slice(0, SHOWN_MOST).map((person) => person.name))
  return t(approvers.length > SHOWN_MOST ? 'version.by_many' : 'version.by', { names })
}
const SHOWN_MOST = 5

function Notes({ version }: { version: VersionRecord }) {
  const at = (who: string, when: string | null | undefined) => (when ? `${who} · ${date(when)}` : who)
  return (
    <Facts
      groups={[
        {
          title: '',
          facts: [
            { key: 'author', label: t('version.author'), value: at(version.author.name, version.created_at) },
            ...(version.approver
              ? [
                  {
                    key: 'approver',
                    label: t('version.approver'),
                    value: at(version.approver.name, version.decided_at),
                  },
                ]
              : []),
            ...(version.effective_on
              ? [{ key: 'effective', label: t('version.effective_on'), value: date(version.effective_on) }]
              : []),
            { key: 'note', label: t('version.note'), value: version.note },
            ...(version.reason ? [{ key: 'reason', label: t('version.reason'), value: version.reason }] : []),
          ],
        },
      ]}
    />
  )
}

type Panel = 'approve' | 'reject'

function Decide({ version }: { version: VersionRecord }) {
  const can = useCan()
  const me = useMe()
  const go = useGo()
  const refresh = useRefresh()
  const [panel, setPanel] = useState<Panel>()
  const own = version.author.id === me?.id
  const busy = useRef(false)
  const hand = async (act: (id: string) => Promise<unknown>, said: string) => {
    if (busy.current) return
    busy.current = true
    try {
      await act(version.id)
      toast(said)
    } catch (error) {
      toast(messageOf(error))
    }
    busy.current = false
    await refresh()
  }
  if (version.state === 'draft' && !own) {
    return <Notice>{t('version.not_own', { name: version.author.name })}</Notice>
  }
  if (version.state === 'draft' && can('policy', 'update')) {
    return (
      <div className="row wrap no-print">
        <Button icon="edit" onClick={() => go(`/policy/${version.policy}/edit?version=${version.id}`)}>
          {t('version.continue')}
        </Button>
        <Button
          kind="primary"
          disabled={version.differences.length === 0}
          onClick={() => void hand(submitVersion, t('version.submitted'))}
        >
          {t('version.submit')}
        </Button>
      </div>
    )
  }
  if (version.state === 'submitted' && own) {
    return <Button onClick={() => void hand(withdrawVersion, t('version.withdrawn'))}>{t('version.withdraw')}</Button>
  }
  if (version.state !== 'submitted' || !can('policy', 'approve')) return null
  return (
    <div className="row wrap no-print">
      <Button onClick={() => setPanel('reject')}>{t('version.reject')}</Button>
      <Button kind="primary" onClick={() => setPanel('approve')}>
        {t('version.approve')}
      </Button>
      <Dialog
        title={panel ? t(`version.${panel}`) : ''}
        open={panel !== undefined}
        onClose={() => setPanel(undefined)}
        size={420}
      >
        {panel === 'approve' && <Approve version={version} onDone={() => setPanel(undefined)} />}
        {panel === 'reject' && <Reject version={version} onDone={() => setPanel(undefined)} />}
      </Dialog>
    </div>
  )
}

type PanelProps = { version: VersionRecord; onDone: () => void }

function Approve({ version, onDone }: PanelProps) {
  const refresh = useRefresh()
  type Values = { effective_on: string | null }
  const form = useForm<Values>({
    initial: { effective_on: nextStart(version, civilDate(now())) },
    check: required<Values>({ effective_on: t('version.effective_on') }),
    submit: async ({ effective_on }) => {
      const day = effective_on ?? ''
      await approveVersion(version.id, day)
      toast(t('version.approved', { date: date(day) }))
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} submitLabel={t('version.approve')} onCancel={onDone}>
      <DateField
        label={t('version.effective_on')}
        hint={t('version.effective_hint')}
        required
        {...form.bind('effective_on')}
      />
    </Form>
  )
}

function Reject({ version, onDone }: PanelProps) {
  const refresh = useRefresh()
  const form = useForm<{ reason: string }>({
    initial: { reason: '' },
    check: required<{ reason: string }>({ reason: t('version.reason') }),
    submit: async ({ reason }) => {
      await rejectVersion(version.id, reason.trim())
      toast(t('version.rejected'))
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} submitLabel={t('version.reject')} onCancel={onDone}>
      <Area label={t('version.reason')} required autoFocus {...form.bind('reason')} />
    </Form>
  )
}
