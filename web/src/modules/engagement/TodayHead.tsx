import { locale, monthDay, percent, weekday } from '@/i18n'
import { Link, Spark } from '@/ui'
import type { Today } from './queries'
import { restOf } from './today'
import { w } from './words'

/** The day, and how it stands: 逾期 2 · 已过建议日 3 · 今天建议 10 · 其余 4 · 已办 5 · 本月达标 86%. The first four are all there is. */
export function TodayHead({ today }: { today: Today }) {
  const { done, overdue, slipped, month_rate, trend } = today.counts
  const { proposed, rest } = restOf(today)
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
        <Count label={w('today.overdue')} value={overdue} tone={overdue > 0 ? 'late' : undefined} />
        <Count label={w('today.slipped')} value={slipped} tone={slipped > 0 ? 'soon' : undefined} />
        <Count label={w('today.proposed')} value={proposed} />
        <div>
          <dt>{w('today.rest_of')}</dt>
          <dd>
            <Link to="/policy/duties?view=mine">
              <span title={w('today.all_duties')}>{rest}</span>
            </Link>
          </dd>
        </div>
        <Count label={w('today.done')} value={done} tone={done > 0 ? 'good' : undefined} />
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

function Count({ label, value, tone }: { label: string; value: number; tone?: 'good' | 'late' | 'soon' }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={tone}>{value}</dd>
    </div>
  )
}
