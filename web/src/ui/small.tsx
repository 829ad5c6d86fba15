/** The smallest words of the kit: status, remaining time, empty state, figures. */
import { type ReactNode, useEffect, useState } from 'react'
import { ago, dateTime, dueText, now, remaining, t } from '@/i18n'
import { Button } from './Button'
import { Icon } from './Icon'
import { toast } from './Undo'

/** A rate in percent below this is shown as a breach. */
export const POOR = 80

export type Tone = 'none' | 'good' | 'warn' | 'bad' | 'accent'

/** A word with a dot; the colour only repeats what the word says. */
export function Status({ children, tone = 'none', strong }: { children: ReactNode; tone?: Tone; strong?: boolean }) {
  return (
    <span className={strong ? 'status strong' : 'status'} data-tone={tone}>
      {children}
    </span>
  )
}

/** Rerenders once a minute, so that clocks on the page keep walking. */
export function useMinute(): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 60_000)
    return () => clearInterval(timer)
  }, [])
}

/** 剩 3 小时 / 逾期 2 天, with the deadline as a tip; from `act` on it says that it is time to act. */
export function Remaining({ due, act }: { due: string; act?: string | null }) {
  useMinute()
  const { text, urgency } = remaining(due, now(), act)
  return (
    <time className={urgency === 'calm' ? 'dim' : urgency} dateTime={due} title={dueText(due)}>
      {text}
    </time>
  )
}

export function Ago({ at }: { at: string | null | undefined }) {
  useMinute()
  if (!at) return <span className="dim">–</span>
  return (
    <time dateTime={at} title={dateTime(at)}>
      {ago(at)}
    </time>
  )
}

type EmptyProps = {
  title: string
  why?: string
  children?: ReactNode
  /** It is all there is on the page: its title is the heading of the page. */
  whole?: boolean
}

/** Why there is nothing, and the one thing to do about it. */
export function Empty({ title, why, children, whole }: EmptyProps) {
  return (
    <div className="empty">
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {why && <p>{why}</p>}
      {children && <div>{children}</div>}
    </div>
  )
}

/** Something did not load: what, why, and try again. */
export function Failed({ title, why, onRetry }: { title: string; why: string; onRetry: () => void }) {
  return (
    <div role="alert">
      <Empty title={title} why={why}>
        <Button onClick={onRetry}>{t('retry')}</Button>
      </Empty>
    </div>
  )
}

export function Notice({ children, tone = 'warn' }: { children: ReactNode; tone?: 'warn' | 'bad' | 'good' }) {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

export function Tag({ children, tone }: { children: ReactNode; tone?: 'accent' | 'key' }) {
  return <span className={tone ? `tag ${tone}` : 'tag'}>{children}</span>
}

/** The shape of what is coming. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="vh">{t('loading')}</span>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className="skeleton" style={{ width: `${90 - ((i * 23) % 45)}%` }} />
      ))}
    </div>
  )
}

type StatProps = { label: string; value: ReactNode; hint?: ReactNode; tone?: Tone }

export function Stat({ label, value, hint, tone = 'none' }: StatProps) {
  const colour = { none: '', good: 'good', warn: 'soon', bad: 'late', accent: '' }[tone]
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className={colour}>
        {value}
        {hint && <small>{hint}</small>}
      </dd>
    </div>
  )
}

export function Stats({ children }: { children: ReactNode }) {
  return <dl className="stats">{children}</dl>
}

/** A telephone number without the spaces that it is set with; any other text as it is. */
function plainNumber(text: string): string {
  return /^\+?[\d\s()-]+$/.test(text) ? text.replace(/\s+/g, '') : text
}

/** Copies without stray spaces, which people paste into other systems. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(plainNumber(text.trim()))
    toast(t('copied'))
  }
  return (
    <button
      type="button"
      className="copy"
      aria-label={t('copy_what', { what })}
      title={t('copy_what', { what })}
      onClick={copy}
    >
      <Icon name="copy" />
    </button>
  )
}
