/** How a duty is said: what is owed, how far it is, with what margin it was met. */
import { locale, lookup } from '@/i18n'
import { Remaining, Status, type Tone } from '@/ui'
import type { Duty, DutyState } from './model'
import { say, term } from './sentence'
import { t } from './words'

const tones: Record<DutyState, Tone> = {
  open: 'none',
  paused: 'warn',
  met: 'good',
  late: 'bad',
  missed: 'bad',
  waived: 'none',
  cancelled: 'none',
}

export const DUTY_STATES = Object.keys(tones) as DutyState[]

export function DutyStatus({ state }: { state: DutyState }) {
  return <Status tone={tones[state]}>{t(`duty.state.${state}`)}</Status>
}

export function whatOf(duty: Duty): string {
  return lookup(duty.what.key, duty.what.params) ?? say(duty.name)
}

export function progressWords(duty: Pick<Duty, 'rule' | 'progress'>): string {
  return duty.progress
    .map(({ what, have, need }) => t('duty.progress_of', { what: actWord(duty.rule, what), have, need }))
    .join(locale() === 'zh' ? '，' : ', ')
}

/** What one counts: 联系, 拜访. A rule that asks for one act a period calls it `done`, whatever the act is. */
function actWord(rule: string, what: string): string {
  return (what === 'done' && lookup(`done.${rule}`)) || term('quota', what)
}

/** 90 061 s → 1 天 1 小时; the two largest units, rounded down. */
export function spanOfSeconds(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  const parts = [
    [Math.floor(minutes / 1440), 'time.d'],
    [Math.floor((minutes % 1440) / 60), 'time.h'],
    [minutes % 60, 'time.m'],
  ] as const
  const shown = parts.filter(([value]) => value > 0).slice(0, 2)
  return shown.length > 0 ? shown.map(([n, key]) => t(key, { n })).join(' ') : t('time.m', { n: 0 })
}

export function marginWords(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return ''
  return t(seconds < 0 ? 'duty.margin_late' : 'duty.margin_left', { span: spanOfSeconds(seconds) })
}

export const isOpen = (duty: Duty): boolean => duty.state === 'open' || duty.state === 'paused'

/** While it is open the time that is left; afterwards the margin it was met with. */
export function DueCell({ duty }: { duty: Duty }) {
  if (isOpen(duty))
    return duty.due_at ? <Remaining due={duty.due_at} act={duty.act_at} /> : <span className="dim">–</span>
  return <span className="dim">{marginWords(duty.margin_seconds) || '–'}</span>
}
