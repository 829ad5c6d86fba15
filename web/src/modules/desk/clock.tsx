/** Time left, as the clock itself counts it: by working hours, or by the hours of the day. */
import { dueText } from '@/i18n'
import { useMinute } from '@/ui'
import type { Clock } from './queries'
import { w } from './words'

const MINUTE = 60
const HOUR = 3_600
const SOON = 2 * HOUR

export function spanText(seconds: number): string {
  const minutes = Math.max(1, Math.floor(Math.abs(seconds) / MINUTE))
  if (minutes < 60) return w('span.minutes', { n: minutes })
  const rest = minutes % 60
  const hours = Math.floor(minutes / 60)
  return rest ? w('span.both', { h: hours, m: rest }) : w('span.hours', { n: hours })
}

/** 剩 3 小时 20 分（工作时间） */
export function leftText({ left_seconds: left, working }: Pick<Clock, 'left_seconds' | 'working'>): string {
  if (left === null || left === undefined) return w('clock.held')
  const text = left < 0 ? w('clock.over', { span: spanText(left) }) : w('clock.left', { span: spanText(left) })
  return working ? w('clock.working', { text }) : text
}

export function marginText(margin: number, working: boolean): string {
  const text =
    margin < 0 ? w('clock.by_over', { span: spanText(margin) }) : w('clock.by_left', { span: spanText(margin) })
  return working ? w('clock.working', { text }) : text
}

export function urgencyOf(left: number | null | undefined): 'late' | 'soon' | 'dim' {
  if (left === null || left === undefined) return 'dim'
  if (left < 0) return 'late'
  return left < SOON ? 'soon' : 'dim'
}

export function ClockLeft({ clock }: { clock: Clock }) {
  useMinute()
  const { due_at: due, left_seconds: left } = clock
  if (!due) return <span className="dim">{w('clock.held')}</span>
  return (
    <time className={urgencyOf(left)} dateTime={due} title={dueText(due)}>
      {leftText(clock)}
    </time>
  )
}
