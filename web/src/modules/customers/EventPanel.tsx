import { useQuery } from '@tanstack/react-query'
import { now } from '@/i18n'
import { Area, ChoiceField, DateTimeField, Dialog, Form, required, toast, useForm } from '@/ui'
import { majorEventOptions } from './options'
import { customerQuery, type MajorEvent, recordEvent, useRefresh } from './queries'
import { t } from './words'

type Values = { kind: string | null; happened_at: string | null; known_at: string | null; content: string }

const minute = () => new Date(Math.floor(now() / 60_000) * 60_000).toISOString()

/** 大事记 (R3-1.5): what happened at the customer, and since when we know. */
export default function EventPanel({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { data: customer } = useQuery(customerQuery(customerId))
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { kind: null, happened_at: minute(), known_at: minute(), content: '' },
    check: required<Values>({
      kind: t('event.kind'),
      content: t('event.content'),
      happened_at: t('event.happened_at'),
      known_at: t('event.known_at'),
    }),
    submit: async ({ kind, happened_at, known_at, content }, key) => {
      const body = {
        kind: kind as MajorEvent['kind'],
        happened_at: happened_at ?? '',
        known_at,
        content: content.trim(),
      }
      await recordEvent(customerId, body, key)
      await refresh(customerId)
      toast(t('event.done'))
      onClose()
    },
  })
  return (
    <Dialog title={t('event.title', { name: customer?.name ?? '' })} open onClose={onClose} size={560}>
      <Form form={form} guard={false} onCancel={onClose}>
        <Area
          label={t('event.content')}
          placeholder={t('event.content_hint')}
          required
          autoFocus
          {...form.bind('content')}
        />
        <ChoiceField label={t('event.kind')} options={majorEventOptions()} required {...form.bind('kind')} />
        <div className="two">
          <DateTimeField label={t('event.happened_at')} required {...form.bind('happened_at')} />
          <DateTimeField label={t('event.known_at')} hint={t('event.why')} required {...form.bind('known_at')} />
        </div>
      </Form>
    </Dialog>
  )
}
