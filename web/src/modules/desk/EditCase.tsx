/** Corrects what a case says, and says whose it is once that is known. */
import { useQuery } from '@tanstack/react-query'
import { fieldAccess, searchCustomers, useMe } from '@/api'
import { t as words } from '@/i18n'
import { contactsQuery } from '@/modules/customers'
import { Area, ChoiceField, Dialog, Form, Lookup, Phone, required, Text, toast, useForm } from '@/ui'
import { channelChoices } from './options'
import { type Case, type CaseChange, type Channel, changeCase, useRefresh } from './queries'
import { w } from './words'

type Values = {
  customer_id: string | null
  contact_id: string | null
  caller: string
  caller_phone: string
  caller_email: string
  subject: string
  content: string
  product: string
  channel: Channel | null
}

export function EditCase({ one, onClose }: { one: Case; onClose: () => void }) {
  const me = useMe()
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: {
      customer_id: one.customer?.id ?? null,
      contact_id: one.contact?.id ?? null,
      caller: one.caller ?? '',
      caller_phone: '',
      caller_email: '',
      subject: one.subject,
      content: one.content ?? '',
      product: one.product ?? '',
      channel: one.channel,
    },
    check: required<Values>({ subject: w('label.subject') }),
    submit: async (values) => {
      await changeCase(one, changeOf(one, values))
      await refresh(values.customer_id ?? undefined)
      toast(words('saved'))
      onClose()
    },
  })
  const edits = (field: string) => fieldAccess(me, `case.${field}`) === 'edit'
  const sees = (field: string) => fieldAccess(me, `case.${field}`) !== 'hidden'
  return (
    <Dialog title={`${w('act.corrected')} · ${one.number}`} open onClose={onClose} size={640}>
      <Form form={form} guard={false} onCancel={onClose}>
        {!one.customer && (
          <Lookup
            label={w('set_customer')}
            placeholder={w('new.customer_hint')}
            source="customers"
            find={searchCustomers}
            {...form.bind('customer_id')}
            onChange={(customer_id) => form.set({ customer_id, contact_id: null })}
          />
        )}
        <div className="two">
          <ContactOf customer={form.values.customer_id} {...form.bind('contact_id')} />
          <Text label={w('label.caller')} {...form.bind('caller')} />
          {sees('caller_phone') && (
            <Phone
              label={w('label.caller_phone')}
              placeholder={one.caller_phone?.masked}
              {...form.bind('caller_phone')}
            />
          )}
          {sees('caller_email') && (
            <Text
              label={w('label.caller_email')}
              placeholder={one.caller_email?.masked}
              {...form.bind('caller_email')}
            />
          )}
        </div>
        <Text label={w('label.subject')} required maxLength={200} {...form.bind('subject')} />
        {one.content !== null && (
          <Area label={w('label.content')} rows={3} disabled={!edits('content')} {...form.bind('content')} />
        )}
        <div className="two">
          <Text label={w('label.product')} maxLength={100} {...form.bind('product')} />
          <ChoiceField label={w('label.channel')} options={channelChoices()} required {...form.bind('channel')} />
        </div>
      </Form>
    </Dialog>
  )
}

/** Only what differs; how somebody can be reached only where it was typed anew, since it is not shown. */
function changeOf(one: Case, values: Values): CaseChange {
  const change: CaseChange = {}
  if (values.customer_id && values.customer_id !== one.customer?.id) change.customer_id = values.customer_id
  if (values.contact_id !== (one.contact?.id ?? null)) change.contact_id = values.contact_id
  if (values.caller.trim() !== (one.caller ?? '')) change.caller = values.caller.trim() || null
  if (values.caller_phone.trim()) change.caller_phone = values.caller_phone.trim()
  if (values.caller_email.trim()) change.caller_email = values.caller_email.trim()
  if (values.subject.trim() !== one.subject) change.subject = values.subject.trim()
  if (one.content !== null && values.content.trim() !== one.content) change.content = values.content.trim()
  if (values.product.trim() !== (one.product ?? '')) change.product = values.product.trim() || null
  if (values.channel && values.channel !== one.channel) change.channel = values.channel
  return change
}

type ContactProps = {
  customer: string | null
  name?: string
  value: string | null
  error?: string
  onChange: (id: string | null) => void
}

/** The people of a customer; nobody to choose from while nobody knows which customer it is. */
export function ContactOf({ customer, ...field }: ContactProps) {
  const { data: people } = useQuery({ ...contactsQuery(customer ?? ''), enabled: Boolean(customer) })
  const options = (people ?? [])
    .filter((person) => !person.left || person.id === field.value)
    .map((person) => ({ value: person.id, label: [person.name, person.position].filter(Boolean).join(' · ') }))
  return <ChoiceField label={w('label.contact')} options={options} disabled={!customer} {...field} />
}
