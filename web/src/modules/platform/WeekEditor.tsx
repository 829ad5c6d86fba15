import { count } from '@/i18n'
import { Button, IconButton } from '@/ui'
import { cleanTime, toWeekdays, type Week, type WeekProblem, weekHours, withoutSpan, withSpan, withTime } from './week'
import { t } from './words'

type Props = { week: Week; problems: (WeekProblem | undefined)[]; onChange: (week: Week) => void }
type DayKey = `week.day.${0 | 1 | 2 | 3 | 4 | 5 | 6}`

/** Seven lines, each with its spans. Times are plain fields, so the keyboard is enough. */
export function WeekEditor({ week, problems, onChange }: Props) {
  return (
    <div className="week">
      {week.map((spans, at) => {
        const day = t(`week.day.${at}` as DayKey)
        const problem = problems[at]
        return (
          <fieldset key={at} className="week-day">
            <legend>{day}</legend>
            <div className="row wrap grow">
              {spans.length === 0 && <span className="dim">{t('week.off')}</span>}
              {spans.map(([from, to], span) => (
                <span key={span} className="week-span">
                  <TimeInput
                    label={t('week.from', { day, n: span + 1 })}
                    invalid={problem !== undefined}
                    value={from}
                    onChange={(value) => onChange(withTime(week, at, span, 0, value))}
                  />
                  –
                  <TimeInput
                    label={t('week.to', { day, n: span + 1 })}
                    invalid={problem !== undefined}
                    value={to}
                    onChange={(value) => onChange(withTime(week, at, span, 1, value))}
                  />
                  <IconButton
                    icon="close"
                    label={t('week.remove', { day, n: span + 1 })}
                    onClick={() => onChange(withoutSpan(week, at, span))}
                  />
                </span>
              ))}
              <IconButton icon="plus" label={`${day}: ${t('week.add')}`} onClick={() => onChange(withSpan(week, at))} />
              {at === 0 && (
                <Button size="xs" kind="quiet" onClick={() => onChange(toWeekdays(week, at))}>
                  {t('week.copy')}
                </Button>
              )}
              {problem && (
                <span className="late" role="alert">
                  {t(`week.problem.${problem}`)}
                </span>
              )}
            </div>
          </fieldset>
        )
      })}
      <p className="dim">{t('week.total', { hours: count(weekHours(week)) })}</p>
    </div>
  )
}

type TimeProps = { label: string; value: string; invalid: boolean; onChange: (value: string) => void }

/** Always 24 hours, whatever the browser's own time field would show. */
function TimeInput({ label, value, invalid, onChange }: TimeProps) {
  return (
    <input
      className="native"
      inputMode="numeric"
      maxLength={5}
      aria-label={label}
      aria-invalid={invalid || undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={() => onChange(cleanTime(value))}
    />
  )
}
