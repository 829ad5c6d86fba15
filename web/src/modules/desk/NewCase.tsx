/** Takes a case in while the customer is still on the telephone: who, what, and save. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { searchCustomers, useCan, useMe } from '@/api'
import {
  Area,
  ChoiceField,
  DateTimeField,
  Department,
  Dialog,
  Form,
  Lookup,
  Person,
  Phone,
  required,
  Segmented,
  Sheet,
  Switch,
  Text,
  toast,
  useForm,
  useGo,
  usePhone,
  useSettled,
} from '@/ui'
import { Suggested } from './ActDialog'
import { ContactOf } from './EditCase'
import { channelChoices, kindChoices, levelChoices } from './options'
import { type Channel, type Kind, type NewCaseInput, openCase, suggestionQuery, useRefresh } from './queries'
import { w } from './words'

type Values = {
  customer_id: string | null
  contact_id: string | null
  caller: string
  caller_phone: string
  caller_email: string
  channel: Channel | null
  kind: Kind | ''
  level: string
  product: string
  subject: string
  content: string
  received_at: string | null
  department_id: string | null
  assignee_id: string | null
  answer: string
  thanked: boolean
}

type Props = { customer?: { id: string; name: string }; onClose: () => void }

export default function NewCase({ customer, onClose }: Props) {
  const phone = usePhone()
  const go = useGo()
  const can = useCan()
  const me = useMe()
  const refresh = useRefresh()
  const [more, setMore] = useState(false)
  const form = useForm<Values>({
    initial: { ...blank, customer_id: customer?.id ?? null },
    check: required<Values>({ subject: w('label.subject') }),
    submit: async (values, key) => {
      const filed = await openCase(sent(values), key)
      await refresh(values.customer_id ?? undefined)
      toast(w('done.opened', { number: filed.number }))
      onClose()
      go(`/cases/${filed.id}`)
    },
  })
  const { values, set } = form
  const words = useSuggestion(form)
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={w('new.title')} open onClose={onClose} size={720}>
      <Form form={form} guard={false} onCancel={onClose} submitLabel={w('new.save')}>
        <div className="two">
          <Lookup
            label={w('label.customer')}
            placeholder={w('new.customer_hint')}
            source="customers"
            find={searchCustomers}
            current={customer}
            autoFocus={!customer}
            {...form.bind('customer_id')}
            onChange={(customer_id) => set({ customer_id, contact_id: null })}
          />
          {values.customer_id ? (
            <ContactOf customer={values.customer_id} {...form.bind('contact_id')} />
          ) : (
            <div className="two">
              <Text label={w('label.caller')} placeholder={w('new.caller_hint')} {...form.bind('caller')} />
              <Phone label={w('label.caller_phone')} {...form.bind('caller_phone')} />
            </div>
          )}
        </div>
        <Text
          label={w('label.subject')}
          placeholder={w('new.subject_hint')}
          required
          autoFocus={Boolean(customer)}
          maxLength={200}
          {...form.bind('subject')}
        />
        <Area label={w('label.content')} placeholder={w('new.content_hint')} rows={3} {...form.bind('content')} />
        <Segmented<Kind | ''> label={w('label.kind')} options={kindChoices()} {...form.bind('kind')} />
        <Segmented label={w('label.level')} options={levelChoices()} {...form.bind('level')} />
        <Suggested words={words} />
        <div className="two">
          <ChoiceField label={w('label.channel')} options={channelChoices()} required {...form.bind('channel')} />
          <DateTimeField label={w('new.received')} placeholder={w('at.now')} {...form.bind('received_at')} />
        </div>
        <Area label={w('new.answer')} {...form.bind('answer')} />
        {values.answer.trim() && <Switch label={w('new.thanked')} {...form.bind('thanked')} />}
        <Switch
          label={w('new.me')}
          value={values.assignee_id === me?.id}
          onChange={(mine) => set({ assignee_id: mine ? (me?.id ?? null) : null })}
        />
        {more ? (
          <div className="two">
            <Text label={w('label.product')} maxLength={100} {...form.bind('product')} />
            {!values.customer_id && <Text label={w('label.caller_email')} {...form.bind('caller_email')} />}
            {can('case', 'assign') && <Department label={w('label.department')} {...form.bind('department_id')} />}
            {can('case', 'assign') && <Person label={w('label.assignee')} current={me} {...form.bind('assignee_id')} />}
          </div>
        ) : (
          <button type="button" className="link" onClick={() => setMore(true)}>
            {w('new.more')}
          </button>
        )}
      </Form>
    </Frame>
  )
}

const blank: Values = {
  customer_id: null,
  contact_id: null,
  caller: '',
  caller_phone: '',
  caller_email: '',
  channel: 'phone',
  kind: '',
  level: '3',
  product: '',
  subject: '',
  content: '',
  received_at: null,
  department_id: null,
  assignee_id: null,
  answer: '',
  thanked: false,
}

function sent(values: Values): NewCaseInput {
  const text = (value: string) => value.trim() || undefined
  const unknown = !values.customer_id
  return {
    customer_id: values.customer_id ?? undefined,
    contact_id: values.contact_id ?? undefined,
    caller: unknown ? text(values.caller) : undefined,
    caller_phone: unknown ? text(values.caller_phone) : undefined,
    caller_email: unknown ? text(values.caller_email) : undefined,
    channel: values.channel ?? 'phone',
    kind: values.kind || undefined,
    level: values.kind ? Number(values.level) : undefined,
    product: text(values.product),
    subject: values.subject.trim(),
    content: text(values.content),
    received_at: values.received_at ?? undefined,
    department_id: values.department_id ?? undefined,
    assignee_id: values.assignee_id ?? undefined,
    answer: text(values.answer),
    thanked: values.thanked && Boolean(text(values.answer)),
  }
}

const PAUSE = 400

/** Kind and level as the customer's words propose them, until somebody has chosen; and the words that speak for it. */
function useSuggestion({ values, set }: ReturnType<typeof useForm<Values>>): string[] {
  const proposed = useRef({ kind: values.kind, level: values.level })
  const text = useSettled(`${values.subject}\n${values.content}`.trim(), PAUSE)
  const { data } = useQuery({ ...suggestionQuery(text), enabled: text.length > 1 })
  const untouched = values.kind === proposed.current.kind && values.level === proposed.current.level
  // biome-ignore lint/correctness/useExhaustiveDependencies: a proposal is taken over once, when it comes
  useEffect(() => {
    if (!data || !untouched || data.words.length === 0) return
    proposed.current = { kind: data.kind, level: String(data.level) }
    set(proposed.current)
  }, [data])
  return text && untouched ? (data?.words ?? []) : []
}
