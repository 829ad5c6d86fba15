import { civilDate, date, dueText, now } from '@/i18n'
import { DateField, Dialog, Form, fromZoned, required, Sheet, Text, toast, useForm, usePhone } from '@/ui'
import { dutyText } from './duty'
import { postponeDays } from './postpone'
import { type Item, postponeDuty, useRefresh } from './queries'
import { w } from './words'

type Values = { until: string | null; reason: string }

const reasons = ['away', 'waiting', 'agreed'] as const

/** Another day for the reminder; the deadline of the clause stays. */
export default function PostponeDialog({ item, onClose }: { item: Item; onClose: () => void }) {
  const phone = usePhone()
  const what = [item.customer?.name, dutyText(item)].filter(Boolean).join(' · ')
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={w('postpone.title', { what })} open onClose={onClose} size={460}>
      <Postpone item={item} onClose={onClose} />
    </Frame>
  )
}

function Postpone({ item, onClose }: { item: Item; onClose: () => void }) {
  const refresh = useRefresh()
  const days = postponeDays(civilDate(now()))
  const form = useForm<Values>({
    initial: { until: days[0]?.date ?? null, reason: '' },
    check: required<Values>({ until: w('postpone.until'), reason: w('postpone.reason') }),
    submit: async ({ until, reason }) => {
      await postponeDuty(item, fromZoned(`${until} 09:00:00`), reason.trim())
      onClose()
      toast(w('postpone.done', { when: date(until) }))
      await refresh()
    },
  })
  const { until, reason } = form.values
  return (
    <Form form={form} guard={false} onCancel={onClose}>
      {item.due_at && <p className="dim">{w('postpone.why', { due: dueText(item.due_at) })}</p>}
      <Pills
        options={days.map(({ name, date: day }) => [day, w(`day.${name}`)])}
        value={until}
        onPick={(day) => form.set({ until: day })}
      />
      <DateField label={w('postpone.until')} required {...form.bind('until')} />
      <Pills
        options={reasons.map((name) => [w(`postpone.${name}`), w(`postpone.${name}`)])}
        value={reason}
        onPick={(text) => form.set({ reason: text })}
      />
      <Text label={w('postpone.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

type PillsProps = { options: [value: string, label: string][]; value: string | null; onPick: (value: string) => void }

function Pills({ options, value, onPick }: PillsProps) {
  return (
    <div className="row wrap">
      {options.map(([option, label]) => (
        <button
          key={option}
          type="button"
          className="pill"
          aria-pressed={value === option}
          onClick={() => onPick(option)}
        >
          {label}
        </button>
      ))}
    </div>
  )
}
