/** Writing down a contact (R3-2.3): open it, type, press Enter. Everything else is guessed and can be changed. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import {
  correctAndSend,
  type Kept,
  keepAndSend,
  Offline,
  type Option,
  Problem,
  type Sent,
  searchCustomers,
  useMe,
} from '@/api'
import { ago, lookup } from '@/i18n'
import { contactsQuery, customerQuery, Grade } from '@/modules/customers'
import { Area, ChoiceField, DateTimeField, Form, Lookup, Notice, required, Segmented, Text, useForm } from '@/ui'
import { Evidence } from './field/Evidence'
import { t } from './messages'
import { type Kind, knownCustomers, type Priority } from './queries'
import { type Draft, entryOf, guessContact, kindInText, kinds, type NextDay, nextDay, type Start } from './record'
import './record.css'
import { w } from './words'

export type Recorded = { entry: Kept; sent: Exclude<Sent, { refused: string }>; draft: Draft; customerName: string }

type Props = {
  start: Start
  onDone: (recorded: Recorded) => void | Promise<void>
  onCancel?: () => void
  /** It corrects this record, which the server has refused. */
  corrects?: Kept
  /** It stands in the page, not in a dialog of its own. */
  inline?: boolean
}

/** What was typed and not yet saved, as long as the page lives: closing a panel loses nothing. */
const unfinished = new Map<string, Draft>()

export function RecordForm({ start, onDone, onCancel, corrects, inline }: Props) {
  const me = useMe()
  const refused = useRef(corrects?.id)
  const name = useRef(start.customer?.name ?? '')
  const kindChosen = useRef(Boolean(corrects))
  const form = useForm<Draft>({
    initial: unfinished.get(start.key) ?? start.draft,
    check: required<Draft>({ customer: w('record.customer'), content: t('record.what'), at: w('record.at') }),
    submit: async (draft, key) => {
      const author = { key, userId: me?.id ?? '', customerName: name.current, dutyId: start.dutyId }
      const entry = entryOf(draft, author)
      const sent = await (refused.current ? correctAndSend(refused.current, entry) : keepAndSend(entry))
      if (sent !== 'later' && 'refused' in sent) {
        // It stays in the outbox until it is corrected or given up: here, or from the banner.
        refused.current = entry.id
        throw sent.problem ?? new Problem({ status: 422, code: 'invalid' })
      }
      refused.current = undefined
      unfinished.delete(start.key)
      await onDone({ entry, sent, draft, customerName: name.current })
    },
  })
  const { values, set } = form
  useEffect(() => {
    if (values.content || values.files.length > 0) unfinished.set(start.key, values)
  }, [values, start.key])
  const frame = useRef<HTMLDivElement>(null)
  // Opened below a row at the foot of the page, its last line is what one must reach; a dialog begins at its top.
  useEffect(() => {
    if (inline) frame.current?.scrollIntoView({ block: 'nearest' })
  }, [inline])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc leaves the form from any of its fields
    <div
      ref={frame}
      className="record-form"
      onKeyDown={(event) => {
        const list = (event.target as HTMLElement).getAttribute('aria-expanded') === 'true'
        if (event.key === 'Escape' && !list) onCancel?.()
      }}
    >
      <Form form={form} guard={false} onCancel={onCancel}>
        {corrects?.refused && !form.message && <Notice tone="bad">{corrects.refused}</Notice>}
        {!start.customer && (
          <CustomerField
            value={values.customer}
            error={form.errors.customer}
            onChange={(customer) => set({ customer, contact_id: null })}
            onName={(picked) => {
              name.current = picked
              // The list gives the focus back to its field first.
              setTimeout(() => frame.current?.querySelector('textarea')?.focus())
            }}
          />
        )}
        <Area
          label={w('record.content')}
          hint={w('record.content_hint')}
          autoFocus={Boolean(start.customer)}
          required
          onSubmit={() => void form.submit()}
          {...form.bind('content')}
          onChange={(content) => {
            const kind = kindChosen.current ? undefined : kindInText(content)
            set({ content, ...(kind && { kind }) })
          }}
        />
        <div className="record-line">
          <Segmented<Kind>
            label={w('record.kind')}
            options={kindOptions()}
            {...form.bind('kind')}
            onChange={(kind) => {
              kindChosen.current = true
              set({ kind })
            }}
          />
          <ContactField
            customer={values.customer}
            value={values.contact_id}
            onChange={(contact_id) => set({ contact_id })}
          />
          <DateTimeField label={w('record.at')} required {...form.bind('at')} />
        </div>
        <Evidence
          kind={values.kind}
          customer={values.customer}
          checkIn={values.check_in}
          files={values.files}
          onCheckIn={(check_in) => set({ check_in })}
          onFiles={(files) => set({ files })}
        />
        <div className="two">
          <Text label={w('record.feedback')} maxLength={1000} {...form.bind('feedback')} />
          <Text
            label={w('record.next')}
            placeholder={w('record.next_hint')}
            maxLength={500}
            {...form.bind('next_plan')}
          />
        </div>
        {values.next_plan.trim() && <NextStep values={values} set={set} />}
      </Form>
    </div>
  )
}

const nextDays: NextDay[] = ['tomorrow', 'three', 'week', 'month']

function NextStep({ values, set }: { values: Draft; set: (change: Partial<Draft>) => void }) {
  return (
    <div className="next-step">
      <div>
        <DateTimeField label={w('record.next_at')} value={values.next_at} onChange={(next_at) => set({ next_at })} />
        <div className="row wrap">
          {nextDays.map((day) => (
            <button
              key={day}
              type="button"
              className="pill"
              aria-pressed={values.next_at === nextDay(day)}
              onClick={() => set({ next_at: nextDay(day) })}
            >
              {w(`day.${day}`)}
            </button>
          ))}
        </div>
      </div>
      <Segmented<Priority>
        label={w('record.priority')}
        options={priorityOptions()}
        value={values.priority}
        onChange={(priority) => set({ priority })}
      />
    </div>
  )
}

type CustomerProps = {
  value: string | null
  error?: string
  onChange: (id: string | null) => void
  onName: (name: string) => void
}

function CustomerField({ value, error, onChange, onName }: CustomerProps) {
  const client = useQueryClient()
  const known = (): Option[] => knownCustomers(client).map(({ id, name }) => ({ value: id, label: name }))
  const find = async (text: string, signal?: AbortSignal): Promise<Option[]> => {
    if (!text) return known()
    try {
      return await searchCustomers(text, signal)
    } catch (problem) {
      if (!(problem instanceof Offline)) throw problem
      return known().filter((option) => option.label.includes(text))
    }
  }
  return (
    <>
      <Lookup
        label={w('record.customer')}
        placeholder={w('record.customer_hint')}
        name="customer"
        source="record-customer"
        find={find}
        value={value}
        error={error}
        onChange={onChange}
        onPick={(option) => onName(option.label)}
        required
        autoFocus
      />
      {value && <About id={value} />}
    </>
  )
}

/** Which customer that is: its grade, and when one spoke last. */
function About({ id }: { id: string }) {
  const { data } = useQuery(customerQuery(id))
  if (!data) return null
  return (
    <p className="row dim record-about">
      <Grade grade={data.grade} />
      {data.last_contact_at ? w('record.last', { when: ago(data.last_contact_at) }) : w('today.never')}
    </p>
  )
}

type ContactProps = { customer: string | null; value: string | null; onChange: (id: string | null) => void }

/** Guessed as soon as the customer's people are known, and left alone once somebody is chosen. */
function ContactField({ customer, value, onChange }: ContactProps) {
  const touched = useRef(value !== null)
  const { data: people } = useQuery({ ...contactsQuery(customer ?? ''), enabled: Boolean(customer) })
  const guess = guessContact(people ?? [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: guessed once for each customer
  useEffect(() => {
    if (!touched.current && guess) onChange(guess)
  }, [customer, guess])
  const options = (people ?? [])
    .filter((person) => !person.left || person.id === value)
    .map((person) => {
      const about = [person.name, person.position, person.no_contact && w('record.barred')]
      return { value: person.id, label: about.filter(Boolean).join(' · ') }
    })
  // What took place is written down all the same; the next one shall not take place.
  const barred = people?.find((person) => person.id === value)?.no_contact
  return (
    <ChoiceField
      label={w('record.contact')}
      name="contact_id"
      hint={barred ? w('record.barred_hint', { why: barred.why }) : undefined}
      options={options}
      value={value}
      disabled={!customer}
      onChange={(id) => {
        touched.current = true
        onChange(id)
      }}
    />
  )
}

const kindOptions = () => kinds.map((value) => ({ value, label: lookup(`interaction.${value}`) ?? value }))
export const priorityOptions = () =>
  (['high', 'medium', 'low'] as const).map((value) => ({ value, label: lookup(`priority.${value}`) ?? value }))
