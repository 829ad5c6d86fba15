/** The words for the enums of a customer, once for columns, forms, facts and filters. */
import { lookup } from '@/i18n'
import { type Choice, Status, type Tone } from '@/ui'

const choices = (prefix: string, values: readonly string[]) => (): Choice[] =>
  values.map((value) => ({ value, label: word(prefix, value) }))

/** A value the console does not know yet is shown as it came, never hidden. */
export function word(prefix: string, value: string | null | undefined): string {
  return value ? (lookup(`${prefix}.${value}`) ?? value) : ''
}

export const gradeOptions = choices('grade', ['vip', 'key', 'ordinary'])
export const kindOptions = choices('kind', ['company', 'person'])
export const sourceOptions = choices('source', [
  'referral',
  'exhibition',
  'online',
  'advert',
  'cold_visit',
  'phone',
  'other',
])
export const industryOptions = choices('industry', [
  'it',
  'manufacturing',
  'finance',
  'real_estate',
  'services',
  'logistics',
  'food',
  'electronics',
  'government',
  'media',
  'other',
])
export const salutationOptions = choices('salutation', ['mr', 'ms'])
export const authorityOptions = choices('authority', ['final', 'influencer', 'user', 'none'])
export const timelineKinds = choices('timeline', [
  'interaction',
  'todo',
  'verification',
  'major_event',
  'change',
  'duty',
])

const tones: Record<string, Tone> = { vip: 'warn', key: 'accent' }

export function Grade({ grade }: { grade: string }) {
  return <Status tone={tones[grade] ?? 'none'}>{word('grade', grade)}</Status>
}
