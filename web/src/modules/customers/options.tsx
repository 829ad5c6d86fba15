/** The words for the enums of a customer, once for columns, forms, facts and filters. */
import { lookup } from '@/i18n'
import { type Choice, Status, type Tone } from '@/ui'

const choices =
  <V extends string>(prefix: string, values: readonly V[]) =>
  (): Choice<V>[] =>
    values.map((value) => ({ value, label: word(prefix, value) }))

/** A value the console does not know yet is shown as it came, never hidden. */
export function word(prefix: string, value: string | null | undefined): string {
  return value ? (lookup(`${prefix}.${value}`) ?? value) : ''
}

export const gradeOptions = choices('grade', ['vip', 'key', 'ordinary'])
export const kindOptions = choices('kind', ['company', 'person'])
export const sources = [
  'referral',
  'direct_contact',
  'exhibition',
  'event',
  'website',
  'search_engine',
  'advertisement',
  'promotion',
  'registration',
  'online_inquiry',
  'phone_inquiry',
  'mail_inquiry',
  'cold_visit',
  'social',
  'partner',
  'market_research',
  'sales_record',
  'feedback',
  'public_source',
  'import',
  'other',
] as const
export const sourceOptions = choices('source', sources)
/** The sections of GB/T 4754-2017. */
export const industryOptions = choices('industry', [...'ABCDEFGHIJKLMNOPQRST'])
export const salutationOptions = choices('salutation', ['mr', 'ms'])
export const authorityOptions = choices('authority', ['final', 'influencer', 'user', 'none'])
export const attitudeOptions = choices('attitude', ['support', 'neutral', 'oppose'])
export const influenceOptions = choices('influence', ['high', 'medium', 'low'])
export const relationOptions = choices('relation', [
  'parent',
  'subsidiary',
  'supplier',
  'buyer',
  'partner',
  'affiliate',
])
export const calendarOptions = choices('calendar', ['solar', 'lunar'])
export const timelineKinds = choices('timeline', [
  'interaction',
  'todo',
  'verification',
  'major_event',
  'cooperation',
  'case',
  'change',
  'duty',
])

export const majorEventOptions = choices('major_event', [
  'financing',
  'strategy',
  'leadership',
  'relocation',
  'merger',
  'other',
])

const tones: Record<string, Tone> = { key: 'accent' }
const attitudes: Record<string, Tone> = { support: 'good', oppose: 'bad' }

export function Attitude({ attitude }: { attitude: string }) {
  return <Status tone={attitudes[attitude] ?? 'none'}>{word('attitude', attitude)}</Status>
}

export function Grade({ grade }: { grade: string }) {
  return (
    <Status tone={tones[grade] ?? 'none'} strong={grade === 'vip'}>
      {word('grade', grade)}
    </Status>
  )
}
