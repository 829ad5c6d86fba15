/** A hand-over: who gives what to whom, the checklist of the receiver, and what both have noted. */
import './handovers.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api'
import { count, date, dateTime, locale } from '@/i18n'
import { Area, Button, Failed, Form, Link, Notice, Skeleton, Status, type Tone, toast, useForm } from '@/ui'
import { Grade } from '../options'
import { t } from '../words'
import {
  acceptHandover,
  type Handover,
  handoverKeys,
  handoverQuery,
  noteHandover,
  type Step,
  tickHandover,
  useHandoverCustomers,
} from './queries'

const tones: Record<Handover['state'], Tone> = { open: 'warn', accepted: 'good', withdrawn: 'none' }

export function HandoverState({ state }: { state: Handover['state'] }) {
  return <Status tone={tones[state]}>{t(`handover.state.${state}`)}</Status>
}

const itemWords = ({ zh, en }: Pick<Step, 'zh' | 'en'>) => (locale() === 'en' && en) || zh

/** How far the checklist is: 4/6. */
export function progressWords({ steps }: Pick<Handover, 'steps'>): string {
  return `${steps.filter((step) => step.done >= step.of).length}/${steps.length}`
}

export function HandoverDetail({ id }: { id: string }) {
  const { data: handover, error, refetch } = useQuery(handoverQuery(id))
  if (error) return <Failed title={t('handover.missing')} why={messageOf(error)} onRetry={() => void refetch()} />
  if (!handover) return <Skeleton lines={8} />
  return (
    <div className="stack">
      <p className="row wrap">
        <HandoverState state={handover.state} />
        <span>{t('handover.who', { from: handover.from.name, to: handover.to.name })}</span>
        <span className="dim">
          {t('handover.begun', { name: handover.opened_by.name, when: dateTime(handover.opened_at) })}
        </span>
      </p>
      <p className="dim">{t('handover.why', { why: handover.reason })}</p>
      <Checklist handover={handover} />
      <Customers handover={handover} />
      <Notes handover={handover} />
      <Accept handover={handover} />
    </div>
  )
}

/** After a tick, a note or the acceptance. */
function useTold(id: string) {
  const client = useQueryClient()
  return async (work: Promise<Handover>) => {
    try {
      client.setQueryData(handoverKeys.one(id), await work)
    } catch (error) {
      toast(messageOf(error))
      return false
    }
    await client.invalidateQueries({ queryKey: handoverKeys.all })
    return true
  }
}

function Checklist({ handover }: { handover: Handover }) {
  const told = useTold(handover.id)
  const ticks = handover.receives && handover.state === 'open'
  return (
    <section>
      <h2>{t('handover.checklist')}</h2>
      {!handover.receives && handover.state === 'open' && (
        <p className="dim">{t('handover.ticked_by', { name: handover.to.name })}</p>
      )}
      <ul className="handover-steps">
        {handover.steps.map((step) => {
          const done = step.done >= step.of
          return (
            <li key={step.key}>
              <label className="row">
                <input
                  type="checkbox"
                  checked={done}
                  disabled={!ticks}
                  onChange={() => void told(tickHandover(handover.id, step.key, !done))}
                />
                <span>{itemWords(step)}</span>
                {step.each && (
                  <span className="dim num">{t('handover.each', { done: count(step.done), of: count(step.of) })}</span>
                )}
              </label>
            </li>
          )
        })}
      </ul>
      {ticks && handover.customers > 1 && <p className="dim">{t('handover.tick_all')}</p>}
    </section>
  )
}

function Customers({ handover }: { handover: Handover }) {
  const pages = useHandoverCustomers(handover.id)
  const told = useTold(handover.id)
  const ticks = handover.receives && handover.state === 'open'
  const each = handover.steps.filter((step) => step.each)
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section>
      <h2>{t('handover.customers', { n: count(handover.customers) })}</h2>
      <ul className="handover-customers">
        {rows.map((row) => (
          <li key={row.id}>
            <div className="row wrap">
              {row.visible ? <Link to={`/customers/${row.id}`}>{row.name}</Link> : <b>{row.name}</b>}
              <Grade grade={row.grade} />
              <span className="dim">
                {[
                  row.decision_maker && t('handover.decides', { name: row.decision_maker }),
                  row.last_contact_at && t('handover.last', { when: date(row.last_contact_at) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </div>
            <div className="row wrap">
              {each.map((step) => (
                <label key={step.key} className="row">
                  <input
                    type="checkbox"
                    checked={row.done.includes(step.key)}
                    disabled={!ticks}
                    onChange={() =>
                      void told(tickHandover(handover.id, step.key, !row.done.includes(step.key), row.id))
                    }
                  />
                  {itemWords(step)}
                </label>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button size="xs" busy={pages.isFetching} onClick={() => void pages.fetchNextPage()}>
          {t('handover.more')}
        </Button>
      )}
    </section>
  )
}

function Notes({ handover }: { handover: Handover }) {
  const { giver_note, receiver_note, gives, receives, state, from, to } = handover
  const [writing, setWriting] = useState(false)
  const mine = gives ? giver_note : receiver_note
  const may = (gives || receives) && state === 'open'
  const lines: [string, string | null | undefined][] = [
    [t('handover.note_of', { name: from.name }), giver_note],
    [t('handover.note_of', { name: to.name }), receiver_note],
  ]
  return (
    <section className="stack">
      <h2>{t('handover.notes')}</h2>
      {lines.map(
        ([label, text]) =>
          text && (
            <p key={label} className="handover-note">
              <b>{label}</b>
              <br />
              {text}
            </p>
          ),
      )}
      {!giver_note && !receiver_note && !writing && <p className="dim">{t('handover.no_notes')}</p>}
      {may && writing && <NoteForm handover={handover} note={mine ?? ''} onDone={() => setWriting(false)} />}
      {may && !writing && (
        <div>
          <Button size="xs" icon="edit" onClick={() => setWriting(true)}>
            {t('handover.write_note')}
          </Button>
        </div>
      )}
    </section>
  )
}

function NoteForm({ handover, note, onDone }: { handover: Handover; note: string; onDone: () => void }) {
  const client = useQueryClient()
  const form = useForm({
    initial: { note },
    submit: async (values) => {
      client.setQueryData(handoverKeys.one(handover.id), await noteHandover(handover.id, values.note))
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Area label={t('handover.my_note')} autoFocus rows={3} {...form.bind('note')} />
    </Form>
  )
}

function Accept({ handover }: { handover: Handover }) {
  const client = useQueryClient()
  const told = useTold(handover.id)
  const [busy, setBusy] = useState(false)
  if (handover.state === 'accepted') {
    return <Notice tone="good">{t('handover.accepted', { when: dateTime(handover.closed_at ?? '') })}</Notice>
  }
  if (!handover.receives || handover.state !== 'open') return null
  const left = handover.steps.filter((step) => step.done < step.of).length
  const accept = async () => {
    setBusy(true)
    if (await told(acceptHandover(handover.id))) {
      toast(t('handover.done'))
      await client.invalidateQueries({ queryKey: ['today'] })
    }
    setBusy(false)
  }
  return (
    <div className="form-foot">
      {left > 0 && <span className="dim">{t('handover.left', { n: left })}</span>}
      <Button kind="primary" busy={busy} disabled={left > 0} onClick={() => void accept()}>
        {t('handover.accept')}
      </Button>
    </div>
  )
}
