/** What was said and done about a case, the latest first. */
import { useState } from 'react'
import { isChange, messageOf } from '@/api'
import { dateTime } from '@/i18n'
import { Button, type IconName, Link, Status, Timeline, type TimelineEntry, toast } from '@/ui'
import { channelWord, kindWord, levelWord } from './options'
import { type Case, type Entry, entriesBefore, type Kind, type Step } from './queries'
import { w } from './words'

const TALK: Step[] = ['opened', 'wrote', 'answered', 'solution', 'told', 'followed_up', 'thanked']
const NOTES: Step[] = ['noted', 'minutes']
/** Written down this much later than it happened, an entry says so. */
const LATE = 5 * 60_000
const kindOf = (step: Step) => (TALK.includes(step) ? 'talk' : NOTES.includes(step) ? 'note' : 'step')

const icons: Partial<Record<Step, IconName>> = {
  opened: 'flag',
  wrote: 'chat',
  answered: 'chat',
  thanked: 'star',
  solution: 'check',
  solved: 'check',
  told: 'mail',
  followed_up: 'phone',
  noted: 'edit',
  minutes: 'edit',
  waiting: 'clock',
  resumed: 'play',
  assigned: 'people',
  escalated: 'up',
  called: 'people',
  closed: 'check',
  withdrawn: 'close',
}

export function CaseEntries({ one }: { one: Case }) {
  const [chosen, setChosen] = useState<string[]>([])
  const [earlier, setEarlier] = useState<Entry[]>([])
  const all = [...earlier, ...one.entries]
  const first = all[0]?.seq ?? 1
  const more = async () => {
    try {
      setEarlier([...(await entriesBefore(one.id, first)), ...earlier])
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const shown = all.filter((entry) => chosen.length === 0 || chosen.includes(kindOf(entry.step))).reverse()
  return (
    <>
      <Timeline
        entries={shown.map(drawn)}
        loading={false}
        onRetry={() => undefined}
        kinds={(['talk', 'note', 'step'] as const).map((value) => ({ value, label: w(`entry.filter.${value}`) }))}
        chosen={chosen}
        onChoose={setChosen}
      />
      {first > 1 && (
        <Button kind="quiet" onClick={() => void more()}>
          {w('entry.earlier')}
        </Button>
      )}
    </>
  )
}

function drawn(entry: Entry): TimelineEntry {
  const late = Date.parse(entry.recorded_at) - Date.parse(entry.at) > LATE
  return {
    id: String(entry.seq),
    at: entry.at,
    icon: icons[entry.step] ?? 'right',
    title: titleOf(entry),
    by: entry.contact?.name ?? (entry.step === 'wrote' ? undefined : entry.actor?.name),
    marks: (
      <>
        {entry.outcome && (
          <Status tone={entry.outcome === 'confirmed' ? 'good' : 'warn'}>{w(`follow.${entry.outcome}`)}</Status>
        )}
        {late && <span className="dim">{w('entry.at_late', { when: dateTime(entry.recorded_at) })}</span>}
      </>
    ),
    body: <Body entry={entry} />,
  }
}

function titleOf(entry: Entry) {
  const { step, other, member } = entry
  const text = w(`entry.${step}`, { number: other?.number ?? '', name: member?.name ?? '' } as never)
  if (other) return <Link to={`/cases/${other.id}`}>{text}</Link>
  return entry.channel ? `${text} · ${channelWord(entry.channel)}` : text
}

function Body({ entry }: { entry: Entry }) {
  return (
    <>
      {entry.content}
      {changesOf(entry).map((line) => (
        <p key={line} className="dim">
          {line}
        </p>
      ))}
    </>
  )
}

const fields: Record<string, () => string> = {
  kind: () => w('label.kind'),
  level: () => w('label.level'),
  owner_id: () => w('label.assignee'),
  department_id: () => w('label.department'),
}

/** 级别：三级 一般 → 一级 紧急 */
function changesOf({ changed }: Entry): string[] {
  return Object.entries((changed ?? {}) as Record<string, unknown>).flatMap(([field, change]) => {
    if (!isChange(change) || !fields[field]) return []
    const [from, to] = [valueOf(field, change.from), valueOf(field, change.to)]
    return [w('entry.from_to', { field: fields[field](), from, to })]
  })
}

function valueOf(field: string, value: unknown): string {
  if (value === null || value === undefined) return w(field === 'kind' ? 'no_kind' : 'nobody')
  if (field === 'level') return levelWord(Number(value))
  return field === 'kind' ? kindWord(value as Kind) : String(value)
}
