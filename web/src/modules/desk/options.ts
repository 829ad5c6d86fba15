/** The words of a case, as choices. */
import { lookup } from '@/i18n'
import type { Choice, Tone } from '@/ui'
import type { CaseLine, Channel, Kind, State } from './queries'

export const KINDS = ['inquiry', 'problem', 'complaint', 'suggestion', 'praise', 'repair'] as const
export const CHANNELS = ['phone', 'email', 'wechat', 'chat', 'on_site', 'sms', 'portal', 'other'] as const
export const STATES = [
  'received',
  'classified',
  'investigating',
  'handling',
  'solved',
  'replied',
  'closed',
  'withdrawn',
  'merged',
] as const

const word = (field: string, value: string) => lookup(`case.${field}.${value}`) ?? value
export const kindWord = (kind: Kind) => word('kind', kind)
export const stateWord = (state: State) => word('state', state)
export const channelWord = (channel: Channel) => word('channel', channel)
export const levelWord = (level: number) => word('level', String(level))

const choices = <V extends string>(field: string, values: readonly V[]): Choice<V>[] =>
  values.map((value) => ({ value, label: word(field, value) }))
export const kindChoices = () => choices<Kind>('kind', KINDS)
export const channelChoices = () => choices<Channel>('channel', CHANNELS)
export const stateChoices = () => choices<State>('state', STATES)
export const levelChoices = () => choices('level', ['1', '2', '3'])

const tones: Record<number, Tone> = { 1: 'bad', 2: 'warn', 3: 'none' }
export const levelTone = (level: number): Tone => tones[level] ?? 'none'

export function stateTone({ state, waiting_at }: Pick<CaseLine, 'state' | 'waiting_at'>): Tone {
  if (waiting_at) return 'none'
  if (state === 'closed') return 'good'
  return state === 'received' || state === 'classified' ? 'accent' : 'none'
}

/** 投诉 · 二级 重要 · 处理中 */
export function caseTitle(data: Record<string, unknown>): string {
  const parts = [
    ['kind', data.kind],
    ['level', data.level],
    ['state', data.state],
  ] as const
  return parts.map(([field, value]) => word(field, String(value))).join(' · ')
}
