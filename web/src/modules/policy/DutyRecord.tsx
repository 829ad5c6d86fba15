/** The parts of a duty's record, the same in the drawer and on the page. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { dateTime, dueText, list, lookup } from '@/i18n'
import { clausePath, DutyAct } from '@/modules/engagement'
import {
  type Fact,
  Facts,
  Link,
  type RecordParts,
  Remaining,
  SideBlock,
  Skeleton,
  Timeline,
  type TimelineEntry,
} from '@/ui'
import { DutyActs } from './DutyActs'
import { DutyStatus, isOpen, marginWords, progressWords, whatOf } from './duty-words'
import { m } from './messages'
import type { DutyEvent, DutyRecord, Evidence, LadderStep } from './model'
import { dutyQuery } from './queries'
import { say, term } from './sentence'
import { t } from './words'
import './policy.css'

export function useDutyRecord(id: string): { parts: RecordParts; error: unknown; retry: () => void } {
  const { data: duty, error, refetch } = useQuery(dutyQuery(id))
  return {
    error,
    retry: () => void refetch(),
    parts: {
      title: duty ? whatOf(duty) : m('policy.duties'),
      marks: duty && <Marks duty={duty} />,
      actions: duty && <Acts duty={duty} />,
      facts: duty ? <DutyFacts duty={duty} /> : <Skeleton lines={8} />,
      timeline: duty ? <DutyTimeline key={id} duty={duty} /> : <Skeleton lines={8} />,
      side: duty && <ClauseSide duty={duty} />,
    },
  }
}

/** First what fulfils it, then what one may decide about it. */
function Acts({ duty }: { duty: DutyRecord }) {
  const { customer } = duty
  return (
    <>
      {isOpen(duty) && (customer?.visible || duty.subject_kind === 'case') && (
        <Suspense>
          <DutyAct duty={{ ...duty, duty_id: duty.id, customer }} />
        </Suspense>
      )}
      <DutyActs duty={duty} />
    </>
  )
}

function Marks({ duty }: { duty: DutyRecord }) {
  return (
    <>
      <DutyStatus state={duty.state} />
      {duty.customer?.visible ? (
        <Link to={`/customers/${duty.customer.id}`}>{duty.customer.name}</Link>
      ) : (
        duty.customer && <span>{duty.customer.name}</span>
      )}
      <Link to={clausePath(duty.clause)}>{duty.clause}</Link>
      {isOpen(duty) && duty.due_at && <Remaining due={duty.due_at} act={duty.act_at} />}
      {!isOpen(duty) && <span>{marginWords(duty.margin_seconds)}</span>}
    </>
  )
}

function DutyFacts({ duty }: { duty: DutyRecord }) {
  const time = (key: 'opens_at' | 'act_at' | 'due_at' | 'met_at' | 'postponed_until'): Fact[] =>
    duty[key] ? [{ key, label: t(`duty.${key}`), value: (key === 'due_at' ? dueText : dateTime)(duty[key]) }] : []
  const { customer } = duty
  const name = customer?.visible ? <Link to={`/customers/${customer.id}`}>{customer.name}</Link> : customer?.name
  return (
    <Facts
      groups={[
        {
          title: t('duty.facts'),
          facts: [
            { key: 'customer', label: t('duty.customer'), value: name },
            { key: 'owner', label: t('duty.owner'), value: duty.owner?.name },
            ...(duty.deputy ? [{ key: 'deputy', label: t('duty.deputy'), value: duty.deputy.name }] : []),
            { key: 'department', label: t('duty.department'), value: duty.department?.name },
            ...(duty.progress.length > 0
              ? [{ key: 'progress', label: t('duty.progress'), value: progressWords(duty) }]
              : []),
          ],
        },
        {
          title: t('duty.times'),
          facts: [
            ...time('opens_at'),
            ...time('act_at'),
            ...time('due_at'),
            ...time('postponed_until'),
            ...time('met_at'),
            ...(duty.provisional
              ? [{ key: 'provisional', label: '', value: <span className="soon">{t('duty.provisional')}</span> }]
              : []),
          ],
        },
      ]}
    />
  )
}

function ClauseSide({ duty }: { duty: DutyRecord }) {
  return (
    <SideBlock title={t('duty.text')}>
      <p>
        <Link to={`/policy/${duty.policy}#${duty.clause}`}>
          {t('duty.text_of', { clause: duty.clause, title: say(duty.clause_title) })}
        </Link>
      </p>
      <p className="clause-quote">{say(duty.clause_text)}</p>
      <p className="dim">
        {t('duty.version')} {t('duty.version_of', { policy: duty.policy, n: duty.policy_version })}
      </p>
    </SideBlock>
  )
}

type Kind = 'event' | 'evidence' | 'step'

function DutyTimeline({ duty }: { duty: DutyRecord }) {
  const [chosen, setChosen] = useState<string[]>([])
  const all: (TimelineEntry & { kind: Kind })[] = [
    ...duty.history.map(eventEntry),
    ...duty.evidence.map(evidenceEntry),
    ...duty.steps.map(stepEntry),
  ]
  const entries = all
    .filter((entry) => chosen.length === 0 || chosen.includes(entry.kind))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
  return (
    <Timeline
      entries={entries}
      loading={false}
      onRetry={() => undefined}
      kinds={(['event', 'evidence', 'step'] as const).map((value) => ({ value, label: t(`duty.filter.${value}`) }))}
      chosen={chosen}
      onChoose={setChosen}
    />
  )
}

function eventEntry(event: DutyEvent, at: number) {
  return {
    kind: 'event' as const,
    id: `event-${at}`,
    at: event.at,
    icon: 'flag' as const,
    title: lookup(`duty.event.${event.kind}`) ?? event.kind,
    by: event.actor?.name,
    body: event.reason ?? undefined,
  }
}

function evidenceEntry(evidence: Evidence) {
  const channel = evidence.attributes.kind
  return {
    kind: 'evidence' as const,
    id: evidence.id,
    at: evidence.at,
    icon: 'check' as const,
    title: capital(term('fact', evidence.kind)),
    by: evidence.actor?.name,
    body: typeof channel === 'string' ? (lookup(`interaction.${channel}`) ?? lookup(`kind.${channel}`)) : undefined,
  }
}

function stepEntry(step: LadderStep) {
  return {
    kind: 'step' as const,
    id: `step-${step.key}`,
    at: step.at,
    icon: 'bell' as const,
    title: stepWords(step.key),
    body: step.told.length > 0 ? t('duty.step.told', { who: list(step.told.map((one) => one.name)) }) : undefined,
  }
}

/** `warn-80` and the names of rungs. */
export function stepWords(key: string): string {
  const warned = /^warn-(\d+)$/.exec(key)
  return warned ? t('duty.step.warn', { n: Number(warned[1]) }) : (lookup(`duty.step.${key}`) ?? key)
}

/** Words of the vocabulary stand inside sentences; alone they begin with a capital. */
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
