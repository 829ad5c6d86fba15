import { monthDay, weekday } from '@/i18n'
import { Grade } from '@/modules/customers'
import { dutyText } from './duty'
import type { Today } from './queries'
import { nextDays } from './today'
import { w } from './words'

/** The next seven days as columns: where there is room for a visit. */
export function TodayWeek({ today, onOpen }: { today: Today; onOpen: (customer: string) => void }) {
  return (
    <ol className="today-week">
      {nextDays(today).map((day) => (
        <li key={day.date} data-today={day.date === today.date || undefined}>
          <h2 className="small">
            {day.date === today.date ? w('today.this_day') : weekday(day.date)} <span>{monthDay(day.date)}</span>
          </h2>
          <ul>
            {day.items.map((item) => (
              <li key={item.duty_id}>
                <button type="button" className="name clip" onClick={() => item.customer && onOpen(item.customer.id)}>
                  {item.customer?.name ?? dutyText(item)}
                </button>
                <p className="dim clip">{dutyText(item)}</p>
                {item.customer && <Grade grade={item.customer.grade} />}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}
