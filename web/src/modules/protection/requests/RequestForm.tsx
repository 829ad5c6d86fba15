/** Writes down what somebody asks about their own information. */
import { useQuery } from '@tanstack/react-query'
import { searchCustomers } from '@/api'
import { Area, ChoiceField, Form, Lookup, required, toast, useForm } from '@/ui'
import { handlersQuery, type NewRequest, peopleQuery, receiveRequest, useRefresh } from '../queries'
import { t } from '../words'

const KINDS = ['copy', 'correct', 'delete', 'restrict', 'withdraw'] as const
const ASKERS = ['oneself', 'guardian', 'agent', 'relative'] as const
const CHANNELS = ['phone', 'wechat', 'email', 'in_person', 'paper', 'website', 'other'] as const

type Values = {
  customer_id: string | null
  contact_id: string | null
  kind: NewRequest['kind'] | null
  asker: NewRequest['asker'] | null
  channel: NewRequest['channel'] | null
  content: string
  handler_id: string | null
}

type Props = { customer?: { id: string; name: string; kind: string }; onDone: () => void }

export function RequestForm({ customer, onDone }: Props) {
  const refresh = useRefresh()
  const handlers = useQuery(handlersQuery)
  const form = useForm<Values>({
    initial: {
      customer_id: customer?.id ?? null,
      contact_id: null,
      kind: 'copy',
      asker: 'oneself',
      channel: 'phone',
      content: '',
      handler_id: null,
    },
    check: required<Values>({ customer_id: t('request.customer'), content: t('request.content') }),
    submit: async ({ customer_id, kind, asker, channel, content, contact_id, handler_id }, key) => {
      const body = {
        contact_id,
        handler_id,
        kind: kind ?? 'copy',
        asker: asker ?? 'oneself',
        channel: channel ?? 'other',
        content: content.trim(),
      }
      const made = await receiveRequest(customer_id ?? '', body, key)
      toast(t('request.saved', { number: made.number, name: made.handler.name }))
      onDone()
      await refresh()
    },
  })
  const { customer_id } = form.values
  const people = useQuery({ ...peopleQuery(customer_id ?? ''), enabled: customer_id !== null })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <div className="two">
        {!customer && (
          <Lookup
            label={t('request.customer')}
            source="request-customer"
            find={searchCustomers}
            required
            autoFocus
            {...form.bind('customer_id')}
          />
        )}
        {customer?.kind !== 'person' && (
          <ChoiceField
            label={t('request.contact')}
            hint={t('request.contact_hint')}
            required={customer?.kind === 'company'}
            options={(people.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            {...form.bind('contact_id')}
          />
        )}
        <ChoiceField
          label={t('request.kind')}
          required
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          {...form.bind('kind')}
        />
        <ChoiceField
          label={t('request.asker')}
          required
          options={ASKERS.map((value) => ({ value, label: t(`asker.${value}`) }))}
          {...form.bind('asker')}
        />
        <ChoiceField
          label={t('channel')}
          required
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          {...form.bind('channel')}
        />
        <ChoiceField
          label={t('request.handler')}
          options={(handlers.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          {...form.bind('handler_id')}
        />
      </div>
      <Area label={t('request.content')} required rows={3} {...form.bind('content')} />
    </Form>
  )
}
