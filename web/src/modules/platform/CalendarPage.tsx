/** A year as the deadlines see it: holidays, make-up working days, lunar dates. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { messageOf, newKey, useCan } from '@/api'
import { civilDate, date, lookup, now, weekday } from '@/i18n'
import { Failed, FileField, IconButton, Notice, Skeleton, toast, useSearch, useSetSearch } from '@/ui'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import { calendarQuery, type Day, uploadTable } from './queries'
import { t } from './words'
import { kindOf, type Month, monthsOf } from './year'

export default function CalendarPage() {
  const search = useSearch()
  const setSearch = useSetSearch()
  const can = useCan()
  const thisYear = Number(civilDate(now()).slice(0, 4))
  const asked = Number(search.year)
  const year = Number.isInteger(asked) && asked >= 1901 && asked <= 2198 ? asked : thisYear
  const days = useQuery(calendarQuery(year))
  const go = (to: number) => setSearch({ year: to === thisYear ? undefined : String(to) }, { replace: true })
  const steps = (
    <div className="row no-print">
      <IconButton icon="left" label={t('calendar.previous')} onClick={() => go(year - 1)} />
      <b aria-live="polite">{t('calendar.year', { year })}</b>
      <IconButton icon="right" label={t('calendar.next')} onClick={() => go(year + 1)} />
    </div>
  )
  return (
    <SettingsFrame title={m('settings.calendar')} actions={steps}>
      {days.isPending && <Skeleton lines={12} />}
      {days.isError && (
        <Failed title={t('calendar.failed')} why={messageOf(days.error)} onRetry={() => void days.refetch()} />
      )}
      {days.data && <Year year={year} days={days.data} />}
      {can('setting', 'update') && <Upload onLoaded={go} />}
    </SettingsFrame>
  )
}

function Year({ year, days }: { year: number; days: Day[] }) {
  const kinds = days.map(kindOf)
  const worked = kinds.filter((kind) => kind === 'work' || kind === 'makeup').length
  const makeup = kinds.filter((kind) => kind === 'makeup').length
  const today = civilDate(now())
  return (
    <div className="stack">
      <Provisional year={year} days={days} />
      <p className="row wrap legend">
        <span>{t('calendar.days', { n: worked, makeup })}</span>
        <span className="dim">{t('calendar.legend_off')}</span>
        <span className="dim">{t('calendar.legend_makeup')}</span>
      </p>
      <div className="year">
        {monthsOf(days).map((month) => (
          <MonthTable key={month.month} year={year} month={month} today={today} />
        ))}
      </div>
    </div>
  )
}

function Provisional({ year, days }: { year: number; days: Day[] }) {
  const first = days.find((day) => day.provisional)
  if (!first) return null
  const whole = first.date.endsWith('-01-01')
  return (
    <Notice>
      {whole ? t('calendar.provisional', { year }) : t('calendar.provisional_from', { date: date(first.date) })}
    </Notice>
  )
}

const monthName = (year: number, month: number): string =>
  date(`${year}-${String(month).padStart(2, '0')}-01`)
    .replace(/^\d+ |1日$/, '')
    .replace(String(year), '')
    .replace('年', '')

function MonthTable({ year, month, today }: { year: number; month: Month<Day>; today: string }) {
  return (
    <table className="month">
      <caption>{monthName(year, month.month)}</caption>
      <thead>
        <tr>
          {['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-06', '2024-01-07'].map(
            (day) => (
              <th key={day} scope="col" abbr={weekday(day)}>
                {weekday(day).replace('周', '').slice(0, 2)}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {month.weeks.map((week, at) => (
          <tr key={at}>
            {week.map((day, column) =>
              day ? <DayCell key={day.date} day={day} today={day.date === today} /> : <td key={column} />,
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function DayCell({ day, today }: { day: Day; today: boolean }) {
  const kind = kindOf(day)
  const festival = day.festival ? lookup(`festival.${day.festival}`) : undefined
  const said = [date(day.date), day.name ?? festival, day.lunar].filter(Boolean).join(' · ')
  const mark = { off: t('calendar.off_mark'), makeup: t('calendar.work_mark'), work: '', rest: '' }[kind]
  return (
    <td data-kind={kind} data-today={today || undefined} aria-current={today ? 'date' : undefined} title={said}>
      {Number(day.date.slice(8))}
      {mark && <sup>{mark}</sup>}
    </td>
  )
}

function Upload({ onLoaded }: { onLoaded: (year: number) => void }) {
  const client = useQueryClient()
  const key = useRef(newKey())
  const [error, setError] = useState<string>()
  const load = async (files: File[]) => {
    const file = files[0]
    if (!file) return
    setError(undefined)
    let table: unknown
    try {
      table = JSON.parse(await file.text())
    } catch {
      return setError(t('calendar.not_json'))
    }
    try {
      const year = await uploadTable(table, key.current)
      toast(t('calendar.loaded', { year }))
      onLoaded(year)
    } catch (problem) {
      setError(messageOf(problem))
    }
    key.current = newKey()
    await client.invalidateQueries({ queryKey: ['settings'] })
  }
  return (
    <section className="section stack no-print upload">
      <FileField
        label={t('calendar.upload')}
        hint={t('calendar.upload_hint')}
        accept=".json,application/json"
        onPick={(files) => void load(files)}
      />
      {error && <Notice tone="bad">{error}</Notice>}
    </section>
  )
}
