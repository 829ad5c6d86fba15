/** Days as squares, weeks as columns from Monday: where lateness gathers. Each square says its date and number. */
import './charts.css'
import { date, weekday, weekStart } from '@/i18n'

export type HeatDay = { date: string; value: number }
type Props = { days: HeatDay[]; label: string; describe: (day: HeatDay) => string; onPick?: (date: string) => void }

const CELL = 15
const DAY = 86_400_000

export function HeatCalendar({ days, label, describe, onPick }: Props) {
  const first = days[0]
  if (!first) return null
  const start = Date.parse(weekStart(first.date))
  const top = Math.max(1, ...days.map((day) => day.value))
  const weeks = Math.floor((Date.parse(days.at(-1)?.date ?? first.date) - start) / DAY / 7) + 1
  const mondays = [0, 2, 4].map(
    (offset) => [offset, weekday(new Date(start + offset * DAY).toISOString().slice(0, 10))] as const,
  )
  return (
    <div className="heat">
      <svg width={34 + weeks * CELL} height={7 * CELL} role="img" aria-label={label}>
        {mondays.map(([row, name]) => (
          <text key={row} x="0" y={row * CELL + 11}>
            {name}
          </text>
        ))}
        {days.map((day) => {
          const since = Math.round((Date.parse(day.date) - start) / DAY)
          const step = day.value === 0 ? 0 : Math.ceil((day.value / top) * 4)
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list behind it has the same way in by keyboard
            <rect
              key={day.date}
              className={onPick ? 'pick' : undefined}
              data-step={step}
              x={34 + Math.floor(since / 7) * CELL}
              y={(since % 7) * CELL}
              width={CELL - 3}
              height={CELL - 3}
              rx="2"
              onClick={() => onPick?.(day.date)}
            >
              <title>{`${date(day.date)}: ${describe(day)}`}</title>
            </rect>
          )
        })}
      </svg>
    </div>
  )
}
