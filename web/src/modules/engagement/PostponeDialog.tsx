import { civilDate, date, dateTime, now } from '@/i18n'
import { DateField, Dialog, Form, fromZoned, required, Text, toast, useForm } from '@/ui'
import { dutyText } from './duty'
import { type Item, postponeDuty, useRefresh } from './queries'
import { w } from './words'

type Values = { until: string | null; reason: string }

const DAY = 86_400_000

/** Another day for the reminder; the deadline of the clause stays. */
export default function PostponeDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const refresh = useRefresh()
  const inDays = (days: number) => civilDate(now() + days * DAY)
  const monday = inDays((8 - new Date(civilDate(now())).getUTCDay()) % 7 || 7)
  const form = useForm<Values>({
    initial: { until: inDays(1), reason: '' },
    check: required<Values>({ until: w('postpone.until'), reason: w('postpone.reason') }),
    submit: async ({ until, reason }) => {
      await postponeDuty(item, fromZoned(`${until} 09:00:00`), reason.trim())
      onClose()
      toast(w('postpone.done', { when: date(until) }))
      await refresh()
    },
  })
  const choices: [string, string][] = [
    [w('day.tomorrow'), inDays(1)],
    [w('day.after'), inDays(2)],
    [w('day.monday'), monday],
  ]
  const what = [item.customer?.name, dutyText(item)].filter(Boolean).join(' · ')
  return (
    <Dialog title={w('postpone.title', { what })} open onClose={onClose} size={460}>
      <Form form={form} guard={false} onCancel={onClose}>
        {item.due_at && <p className="dim">{w('postpone.why', { due: dateTime(item.due_at) })}</p>}
        <Text label={w('postpone.reason')} required autoFocus maxLength={200} {...form.bind('reason')} />
        <DateField label={w('postpone.until')} required {...form.bind('until')} />
        <div className="row wrap">
          {choices.map(([label, day]) => (
            <button
              key={label}
              type="button"
              className="pill"
              aria-pressed={form.values.until === day}
              onClick={() => form.set({ until: day })}
            >
              {label}
            </button>
          ))}
        </div>
      </Form>
    </Dialog>
  )
}
