/** Who did what. Entries are chained; anyone who may read them may check that none was changed. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { customFieldsQuery, messageOf } from '@/api'
import { count, date, dateTime, locale, lookup } from '@/i18n'
import { Button, type Column, CopyButton, DataView, Link, Notice, type Preset } from '@/ui'
import { ACTIONS, ENTITIES } from './audit'
import { changeWords, withheldWords } from './changes'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import { type AuditEntry, listAudit, type Verdict, verifyAudit } from './queries'
import { t } from './words'

export default function AuditPage() {
  // Its labels name what has changed.
  useQuery(customFieldsQuery)
  const [verdict, setVerdict] = useState<Verdict>()
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const verify = async () => {
    setBusy(true)
    setError(undefined)
    try {
      setVerdict(await verifyAudit())
    } catch (problem) {
      setError(messageOf(problem))
    }
    setBusy(false)
  }
  return (
    <SettingsFrame>
      {verdict && <Outcome verdict={verdict} />}
      {error && <Notice tone="bad">{error}</Notice>}
      <DataView
        list="audit"
        title={m('settings.audit')}
        columns={columns}
        presets={presets()}
        queryKey={['audit']}
        load={listAudit}
        id={(entry) => entry.id}
        empty={{ title: t('audit.empty'), why: t('audit.empty_why') }}
        actions={
          <Button icon="shield" busy={busy} onClick={() => void verify()}>
            {t('audit.verify')}
          </Button>
        }
      />
    </SettingsFrame>
  )
}

function Outcome({ verdict }: { verdict: Verdict }) {
  if (verdict.outcome === 'broken') {
    return <Notice tone="bad">{t('audit.broken', { seq: verdict.seq, reason: t(`audit.${verdict.reason}`) })}</Notice>
  }
  if (verdict.outcome === 'head_missing') return <Notice tone="bad">{t('audit.head_missing')}</Notice>
  return (
    <Notice tone="good">
      {t('audit.intact', { rows: count(verdict.rows) })}
      <div className="row">
        <code className="clip">{verdict.head}</code>
        <CopyButton text={verdict.head} what={t('audit.verify')} />
      </div>
    </Notice>
  )
}

const recordPath = (entry: AuditEntry, id: string) =>
  entry.customer_id ? `/customers/${id}` : `/settings/people/${id}`

const actionWord = (action: string) => lookup(`audit.action.${action}`) ?? action
const entityWord = (entity: string) => lookup(`audit.entity.${entity}`) ?? entity

const told = (e: AuditEntry) =>
  e.erased
    ? t('audit.erased')
    : [changeWords(e.changes, e.names), withheldWords(e.withheld)].filter(Boolean).join(locale() === 'zh' ? '；' : '; ')

const columns: Column<AuditEntry>[] = [
  {
    key: 'at',
    title: () => t('audit.when'),
    kind: 'date',
    text: (e) => dateTime(e.at),
    cell: (e) => (
      <time dateTime={e.at} title={date(e.at)}>
        {dateTime(e.at)}
      </time>
    ),
    width: 130,
    card: 'mark',
  },
  {
    key: 'actor',
    title: () => t('audit.who'),
    kind: 'person',
    text: (e) => e.actor_name,
    width: 110,
    filter: true,
    card: 'line',
  },
  {
    key: 'action',
    title: () => t('audit.action'),
    kind: 'choice',
    options: () => ACTIONS.map((value) => ({ value, label: actionWord(value) })),
    text: (e) => actionWord(e.action),
    width: 120,
    filter: true,
    card: 'line',
  },
  {
    key: 'entity',
    title: () => t('audit.entity'),
    kind: 'choice',
    options: () => ENTITIES.map((value) => ({ value, label: entityWord(value) })),
    text: (e) => entityWord(e.entity),
    width: 110,
    filter: true,
    card: 'line',
  },
  {
    key: 'record',
    title: () => t('audit.record'),
    kind: 'text',
    text: (e) => e.record?.name ?? '',
    cell: (e) => e.record && <Link to={recordPath(e, e.record.id)}>{e.record.name}</Link>,
    width: 190,
    card: 'line',
  },
  {
    key: 'changes',
    title: () => t('audit.changes'),
    kind: 'text',
    text: told,
    width: 330,
    card: 'line',
  },
  { key: 'ip', title: () => t('audit.ip'), kind: 'text', text: (e) => e.ip ?? '', width: 120 },
  { key: 'entity_id', title: () => t('audit.id'), kind: 'text', text: (e) => e.entity_id, width: 290, extra: true },
]

function presets(): Preset[] {
  return [
    { id: 'all', label: t('audit.all'), state: {} },
    {
      id: 'changes',
      label: t('audit.changes_only'),
      state: { filters: [['action', 'in', ['create', 'update', 'delete', 'restore', 'assign', 'grade']]] },
    },
    {
      id: 'logins',
      label: t('audit.logins'),
      state: { filters: [['action', 'in', ['signed_in', 'login_refused', 'signed_out', 'session_ended']]] },
    },
    { id: 'reveals', label: t('audit.reveals'), state: { filters: [['action', 'in', ['reveal']]] } },
  ]
}
