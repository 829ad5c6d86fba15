/** One entry of the stream, whichever room it comes from, as the timeline draws it. */
import { isChange } from '@/api'
import { civilDate, date, dateTime, dueText, locale, lookup, money, now } from '@/i18n'
import { caseTitle } from '@/modules/desk'
import { checkInText, type Standing } from '@/modules/engagement'
import { type IconName, Link, Status, type TimelineEntry } from '@/ui'
import { word } from './options'
import type { TimelineItem } from './queries'
import { t } from './words'

const icons: Record<string, IconName> = {
  todo: 'check',
  verification: 'shield',
  major_event: 'flag',
  cooperation: 'check',
  change: 'edit',
  duty: 'clock',
  case: 'chat',
}
const channels: Record<string, IconName> = {
  phone: 'phone',
  visit: 'visit',
  on_site: 'visit',
  email: 'mail',
  meeting: 'people',
  activity: 'flag',
  greeting: 'star',
}

export function entryOf(item: TimelineItem): TimelineEntry {
  return {
    id: item.id,
    at: item.at,
    by: item.actor?.name,
    icon: iconOf(item),
    title: titleOf(item),
    marks: item.data.late === true && <Status tone="warn">{t('timeline.late')}</Status>,
    body: <Body item={item} />,
  }
}

function iconOf({ kind, data }: TimelineItem): IconName {
  if (kind !== 'interaction') return icons[kind] ?? 'flag'
  return channels[String(data.kind)] ?? 'chat'
}

function titleOf({ kind, title_key, data }: TimelineItem): string {
  if (kind === 'interaction') return word('interaction', String(data.kind))
  if (kind === 'major_event') return word('major_event', String(data.kind))
  if (kind === 'verification') {
    const n = (name: string) => Number(data[name] ?? 0)
    const counts = { confirmed: n('confirmed'), changed: n('changed'), unreachable: n('unreachable') }
    return t('timeline.verified', counts)
  }
  if (kind === 'cooperation') return dealTitle(data)
  if (kind === 'case') return caseTitle(data)
  if (kind === 'duty') {
    const name = (data.name as Partial<Record<'zh' | 'en', string>> | null)?.[locale()] ?? String(data.rule ?? '')
    return [name, lookup(title_key, data)].filter(Boolean).join(' · ')
  }
  return lookup(title_key, data) ?? word('timeline', kind)
}

/** 订单 DD-1 · 已交付 · ¥12.5万 */
function dealTitle({ kind, number, state, amount_fen: fen }: Record<string, unknown>): string {
  const name = [word('timeline.cooperation', String(kind)), typeof number === 'string' ? number : '']
  const parts = [name.filter(Boolean).join(' '), word(`cooperation.state.${kind}`, String(state))]
  return [...parts, typeof fen === 'number' ? money(fen, true) : ''].filter(Boolean).join(' · ')
}

function Body({ item: { id, kind, data } }: { item: TimelineItem }) {
  const text = (name: string) => (typeof data[name] === 'string' ? (data[name] as string) : '')
  const lines = [
    kind === 'cooperation' && Array.isArray(data.items) && join(data.items as string[]),
    kind === 'cooperation' && text('problems') && `${t('cooperation.problems')}: ${text('problems')}`,
    text('feedback') && t('timeline.feedback', { text: text('feedback') }),
    text('next_plan') && t('timeline.next', { text: text('next_plan') }),
    kind === 'interaction' && data.check_in
      ? `${t('timeline.check_in')} · ${checkInText(data.check_in as Standing)}`
      : '',
    kind === 'major_event' && text('happened_at') && t('timeline.happened', { when: dateTime(text('happened_at')) }),
    kind === 'todo' && text('due_at') && t('timeline.due', { when: dueText(text('due_at')) }),
    kind === 'duty' &&
      [text('clause'), occurrenceWords(text('occurrence')), text('reason')].filter(Boolean).join(' · '),
    kind === 'case' && [text('number'), (data.assignee as { name?: string } | null)?.name].filter(Boolean).join(' · '),
    ...(kind === 'change' ? changeLines(data) : []),
  ]
  return (
    <>
      {kind === 'case' ? (
        <Link to={`/cases/${id}`}>{text('subject')}</Link>
      ) : (
        text('content') || text('title') || text('note')
      )}
      {lines.filter(Boolean).map((line, at) => (
        <p key={at} className="dim">
          {line}
        </p>
      ))}
    </>
  )
}

/** 2026-10 → 10 月, 2026-Q4 → 第 4 季度, 2026-H2 → 下半年; another year is named. A mere number says nothing. */
export function occurrenceWords(occurrence: string): string {
  const found = /^(\d{4})-(?:(\d{2})|Q([1-4])|H([12]))$/.exec(occurrence)
  if (!found) return /^\d+$/.test(occurrence) ? '' : occurrence
  const [, year = '', month, quarter, half] = found
  const same = year === civilDate(now()).slice(0, 4)
  const part = month
    ? t(`timeline.month`, { n: locale() === 'zh' ? Number(month) : monthName(occurrence) })
    : quarter
      ? t('timeline.quarter', { n: quarter })
      : t(half === '1' ? 'timeline.half_1' : 'timeline.half_2')
  if (same) return part
  return locale() === 'zh' ? `${year} 年${part}` : `${part} ${year}`
}

const monthName = (month: string) =>
  new Date(`${month}-01`).toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' })

const join = (words: string[]) => words.join(locale() === 'zh' ? '、' : ', ')
const fieldName = (field: string) => lookup(`field.${field}`) ?? lookup(`field.${field}_id`)

/** 级别：重点 → VIP. Values that one may not see are only named. */
export function changeLines(data: Record<string, unknown>): string[] {
  const shown = (data.changes ?? {}) as Record<string, unknown>
  const fields = Array.isArray(data.fields) ? (data.fields as string[]) : []
  const told = Object.entries(shown).flatMap(([field, change]) => {
    const { from, to } = isChange(change) ? change : { from: undefined, to: change }
    const name = fieldName(field)
    const words = [valueWords(field, from), valueWords(field, to)]
    return name && words.every((value) => value !== undefined)
      ? [t('timeline.from_to', { field: name, from: words[0] || '–', to: words[1] || '–' })]
      : []
  })
  const silent = fields.filter((field) => !(field in shown)).flatMap((field) => fieldName(field) ?? [])
  return silent.length > 0 ? [...told, t('timeline.fields', { fields: join(silent) })] : told
}

const enums = new Set(['grade', 'kind', 'source', 'industry', 'salutation', 'authority', 'attitude', 'influence'])
const id = /^[0-9a-f]{8}-[0-9a-f]{4}-/

/** A value as people read it; ids and structures say nothing and are left out (`undefined`). */
function valueWords(field: string, value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return ''
  if (Array.isArray(value)) return value.every((part) => typeof part === 'string') ? join(value as string[]) : undefined
  if (typeof value === 'object') return undefined
  const text = String(value)
  if (id.test(text)) return undefined
  if (enums.has(field)) return word(field, text)
  if (field.endsWith('_fen')) return money(Number(value), true)
  if (field.endsWith('_on') || field.endsWith('_since')) return date(text)
  return text
}
