/** Going through the archive with the customer, field by field (R3-1.5): right, changed, or not known. */
import './customers.css'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { messageOf, newKey, Problem, useMe } from '@/api'
import { ago, date, lookup, money } from '@/i18n'
import { Area, Button, ChoiceField, Dialog, Failed, Notice, RegionName, Skeleton, Tag, Text, toast } from '@/ui'
import { isMasked } from './custom'
import { word } from './options'
import { type Customer, contactsQuery, customerQuery, useRefresh, useTimeline, verify } from './queries'
import { type Answers, answersOf, changedSince, type Result, results, verifiable } from './verification'
import { t } from './words'

export default function VerifyPanel({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const customer = useQuery(customerQuery(customerId))
  const title = t('verify.title', { name: customer.data?.name ?? '' })
  return (
    <Dialog title={title} open onClose={onClose} size={820}>
      {customer.isPending && <Skeleton lines={8} />}
      {customer.isError && (
        <Failed
          title={t('customers.missing')}
          why={messageOf(customer.error)}
          onRetry={() => void customer.refetch()}
        />
      )}
      {customer.data && <Verify customer={customer.data} onClose={onClose} />}
    </Dialog>
  )
}

function Verify({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const me = useMe()
  const refresh = useRefresh()
  const people = useQuery(contactsQuery(customer.id))
  const [answers, setAnswers] = useState<Answers>({})
  const [who, setWho] = useState<string | null>(null)
  const [note, setNote] = useState('')
  const [error, setError] = useState<string>()
  const [faults, setFaults] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const [key] = useState(newKey)
  const list = useRef<HTMLUListElement>(null)
  // The dialog was open before the archive was there, and gave the focus to its close button.
  useEffect(() => list.current?.querySelector<HTMLElement>('.pill')?.focus(), [])
  const changes = useTimeline(customer.id, ['change']).data?.pages[0]?.items ?? []
  const since = changedSince(changes, customer.verified_on)
  const fields = verifiable(customer, (field) => me?.fields[`customer.${field}`] !== 'hidden')
  const answer = (field: string, result: Result | undefined, value?: string) =>
    setAnswers((before) => ({ ...before, [field]: result && { result, value } }))
  const confirmRest = () =>
    setAnswers((before) =>
      Object.fromEntries(
        fields.map((field) => [
          field,
          before[field] ?? (isKnown(customer, field) ? { result: 'confirmed' as const } : undefined),
        ]),
      ),
    )
  const save = async () => {
    const { items, missing } = answersOf(answers)
    setFaults(Object.fromEntries(missing.map((field) => [field, t('verify.value_missing')])))
    setError(items.length === 0 ? t('verify.none') : undefined)
    if (items.length === 0 || missing.length > 0) return
    setBusy(true)
    try {
      await verify(customer.id, { items, contact_id: who ?? undefined, note: note.trim() || undefined }, key)
      await refresh(customer.id)
      const changed = items.filter((item) => item.result === 'changed').length
      const n = items.length
      toast(changed > 0 ? t('verify.done_changed', { n, changed }) : t('verify.done', { n }))
      onClose()
    } catch (problem) {
      setError(messageOf(problem))
      if (problem instanceof Problem) setFaults(byField(problem.fields, items))
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <div className="row between wrap">
        <p className="dim">
          {t('verify.why')}{' '}
          {customer.verified_on ? t('verify.last', { when: ago(customer.verified_on) }) : t('verify.never')}
        </p>
        <Button size="xs" onClick={confirmRest}>
          {t('verify.all')}
        </Button>
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      <ul className="verify" ref={list}>
        {fields.map((field) => (
          <li key={field} data-result={answers[field]?.result}>
            <span className="dim">
              {lookup(`field.${field}`) ?? field}
              {customer.verified_on && since.has(field) && <Tag>{t('verify.since')}</Tag>}
            </span>
            <span className="verify-now">{shown(customer, field) ?? <span className="dim">–</span>}</span>
            <Choices field={field} answer={answers[field]?.result} onAnswer={(result) => answer(field, result)} />
            {answers[field]?.result === 'changed' && (
              <Text
                aria-label={`${lookup(`field.${field}`) ?? field}: ${t('verify.new')}`}
                placeholder={t('verify.new')}
                autoFocus
                value={answers[field]?.value ?? ''}
                error={faults[field]}
                onChange={(value) => answer(field, 'changed', value)}
              />
            )}
          </li>
        ))}
      </ul>
      <div className="two">
        <ChoiceField
          label={t('verify.who')}
          options={(people.data ?? [])
            .filter((person) => !person.left && !person.no_contact)
            .map((person) => ({ value: person.id, label: person.name }))}
          value={who}
          onChange={setWho}
        />
        <Area label={t('verify.note')} rows={1} value={note} onChange={setNote} />
      </div>
      <div className="form-foot">
        <Button kind="primary" busy={busy} onClick={() => void save()}>
          {t('verify.save')}
        </Button>
      </div>
    </div>
  )
}

/** The server names faults by place in the list that was sent: `items[2].value`. */
function byField(faults: Record<string, string>, items: { field: string }[]): Record<string, string> {
  const entries = Object.entries(faults).flatMap(([name, text]) => {
    const at = /^items\[(\d+)\]/.exec(name)?.[1]
    const field = at === undefined ? name : items[Number(at)]?.field
    return field ? [[field, text]] : []
  })
  return Object.fromEntries(entries)
}

type ChoicesProps = { field: string; answer: Result | undefined; onAnswer: (result: Result | undefined) => void }

/** Pressed again, it was not asked after all. */
function Choices({ field, answer, onAnswer }: ChoicesProps) {
  const name = lookup(`field.${field}`) ?? field
  return (
    <fieldset className="choices">
      <legend className="vh">{name}</legend>
      {results.map((result) => (
        <button
          key={result}
          type="button"
          className="pill"
          data-result={result}
          aria-pressed={answer === result}
          onClick={() => onAnswer(answer === result ? undefined : result)}
        >
          {t(`verify.${result}`)}
        </button>
      ))}
    </fieldset>
  )
}

function isKnown(customer: Customer, field: string): boolean {
  const value = customer[field as keyof Customer]
  return value !== null && value !== undefined && value !== ''
}

function shown(customer: Customer, field: string) {
  if (!isKnown(customer, field)) return undefined
  const value = customer[field as keyof Customer]
  if (field === 'region') return <RegionName code={String(value)} />
  if (field === 'industry' || field === 'source') return word(field, String(value))
  if (field === 'annual_revenue_fen') return money(Number(value), true)
  if (field === 'founded_on' || field === 'cooperation_since') return date(String(value))
  if (isMasked(value)) return value.masked
  return String(value)
}
