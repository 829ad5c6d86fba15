/** One stream for everything that happened with a record: chips filter it. */
import { Fragment, type ReactNode } from 'react'
import { civilDate, date, dateTime, t, weekday } from '@/i18n'
import { Button } from './Button'
import type { Choice } from './fields'
import { Icon, type IconName } from './Icon'
import { Empty, Failed, Skeleton } from './small'

export type TimelineEntry = {
  id: string
  at: string
  icon: IconName
  title: ReactNode
  /** Who did it. */
  by?: string
  body?: ReactNode
  marks?: ReactNode
  /** What can be done with it. */
  acts?: ReactNode
}

type Props = {
  entries: TimelineEntry[]
  loading: boolean
  error?: string
  onRetry: () => void
  kinds: readonly Choice[]
  chosen: string[]
  onChoose: (kinds: string[]) => void
  onMore?: () => void
}

export function Timeline({ entries, loading, error, onRetry, kinds, chosen, onChoose, onMore }: Props) {
  const toggle = (kind: string) =>
    onChoose(chosen.includes(kind) ? chosen.filter((other) => other !== kind) : [...chosen, kind])
  return (
    <div className="timeline">
      <div className="row wrap no-print" role="toolbar" aria-label={t('timeline.filter')}>
        {kinds.map((kind) => (
          <button
            key={kind.value}
            type="button"
            className="pill"
            aria-pressed={chosen.includes(kind.value)}
            onClick={() => toggle(kind.value)}
          >
            {kind.label}
          </button>
        ))}
      </div>
      {error && <Failed title={t('list.failed')} why={error} onRetry={onRetry} />}
      {loading && <Skeleton lines={6} />}
      {!loading && !error && entries.length === 0 && (
        <Empty title={t('timeline.empty')} why={t('timeline.empty_why')} />
      )}
      <ol>
        {entries.map((entry, at) => {
          const day = civilDate(Date.parse(entry.at))
          const before = entries[at - 1]
          const first = !before || civilDate(Date.parse(before.at)) !== day
          return (
            <Fragment key={entry.id}>
              {first && (
                <li className="timeline-day">
                  {date(day)} <span className="dim">{weekday(day)}</span>
                </li>
              )}
              <li className="timeline-item">
                <span className="timeline-icon">
                  <Icon name={entry.icon} />
                </span>
                <div className="grow">
                  <div className="row wrap">
                    <b>{entry.title}</b>
                    {entry.marks}
                    {entry.acts}
                    <span className="dim timeline-by">
                      {entry.by} <time dateTime={entry.at}>{dateTime(entry.at)}</time>
                    </span>
                  </div>
                  {entry.body && <div className="timeline-body">{entry.body}</div>}
                </div>
              </li>
            </Fragment>
          )
        })}
      </ol>
      {onMore && (
        <Button kind="quiet" onClick={onMore}>
          {t('list.load_more')}
        </Button>
      )}
    </div>
  )
}
