import { locale, monthDay, percent, weekday } from '@/i18n'
import { Spark } from '@/ui'
import type { Today } from './queries'
import { w } from './words'

/** The day, and how it stands: 应办 14 · 已办 5 · 逾期 2 · 本月达标 86% */
export function TodayHead({ today }: { today: Today }) {
  const { open, done, overdue, month_rate, trend } = today.counts
  const rates = trend.map((rate) => (typeof rate === 'number' ? percent(rate / 100, 0) : '–'))
  return (
    <header className="today-head">
      <h1>
        {w('today.heading', { day: monthDay(today.date), weekday: weekday(today.date) })}
        <small>
          {/* Its words are Chinese in every language. */}
          {today.lunar && locale() === 'zh' && `（${w('today.lunar', { lunar: today.lunar })}）`}
          {!today.working && ` ${w('today.rest')}`}
        </small>
      </h1>
      <dl>
        <Count label={w('today.open')} value={open} />
        <Count label={w('today.done')} value={done} tone={done > 0 ? 'good' : undefined} />
        <Count label={w('today.overdue')} value={overdue} tone={overdue > 0 ? 'late' : undefined} />
        <div>
          <dt>{w('today.rate')}</dt>
          <dd className="row">
            {typeof month_rate === 'number' ? percent(month_rate / 100, 0) : '–'}
            <Spark
              values={trend.map((rate) => rate ?? null)}
              max={100}
              label={`${w('today.trend')}: ${rates.join(' ')}`}
            />
          </dd>
        </div>
      </dl>
    </header>
  )
}

function Count({ label, value, tone }: { label: string; value: number; tone?: 'good' | 'late' }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={tone}>{value}</dd>
    </div>
  )
}
