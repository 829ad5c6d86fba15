/** Who is away, and who stands in. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, newKey, useCan, useMe } from '@/api'
import { civilDate, date, now, t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import {
  Button,
  ChoiceField,
  DateField,
  Dialog,
  Empty,
  Failed,
  Form,
  IconButton,
  Person,
  required,
  Skeleton,
  Status,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { m } from './messages'
import { type Absence, absencesQuery, createAbsence, deleteAbsence, keys, type NewAbsence, useRefresh } from './queries'
import { t } from './words'
import './people.css'

const KINDS = ['leave', 'sick', 'business_trip', 'other'] as const

export default function AbsencePage() {
  const absences = useQuery(absencesQuery)
  const can = useCan()
  const [adding, setAdding] = useState(false)
  const today = civilDate(now())
  const all = absences.data ?? []
  const add = can('absence', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('absence.new')}
    </Button>
  )
  return (
    <SettingsFrame title={m('people.absences')} actions={add}>
      {absences.isPending && <Skeleton lines={5} />}
      {absences.isError && (
        <Failed title={words('list.failed')} why={messageOf(absences.error)} onRetry={() => void absences.refetch()} />
      )}
      {absences.data?.length === 0 && <Empty title={t('absence.empty')} why={t('absence.empty_why')} />}
      <Group title={t('absence.now')} absences={all.filter((one) => one.to >= today)} today={today} />
      <Group title={t('absence.past')} absences={all.filter((one) => one.to < today).reverse()} today={today} />
      <Dialog title={t('absence.new')} open={adding} onClose={() => setAdding(false)}>
        <AbsenceForm onDone={() => setAdding(false)} />
      </Dialog>
    </SettingsFrame>
  )
}

function Group({ title, absences, today }: { title: string; absences: Absence[]; today: string }) {
  if (absences.length === 0) return null
  return (
    <section className="section">
      <h2 className="small">{title}</h2>
      <ul className="lines">
        {absences.map((absence) => (
          <Line key={absence.id} absence={absence} today={today} />
        ))}
      </ul>
    </section>
  )
}

function Line({ absence, today }: { absence: Absence; today: string }) {
  const can = useCan()
  const refresh = useRefresh()
  const name = absence.user_name
  const remove = async () => {
    const { id, user_id, from, to, kind, deputy_id } = absence
    const again: NewAbsence = { user_id, from, to, kind, deputy_id }
    try {
      await deleteAbsence(id)
      undoable(t('absence.removed', { name }), async () => {
        await createAbsence(again, newKey())
        await refresh(keys.absences)
      })
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(keys.absences)
  }
  return (
    <li className="row">
      <b className="person-cell">{name}</b>
      <span className="grow row wrap">
        <span>
          {date(absence.from)}
          {absence.to !== absence.from && ` – ${date(absence.to)}`}
        </span>
        <span className="dim">{t(`absence.kind.${absence.kind}`)}</span>
        {absence.from <= today && today <= absence.to && <Status tone="warn">{t('absence.today')}</Status>}
        {absence.deputy_id && (
          <span className="dim">
            {t('absence.deputy')} {absence.deputy_name}
          </span>
        )}
      </span>
      {can('absence', 'delete') && (
        <IconButton icon="close" label={t('absence.remove', { name })} onClick={() => void remove()} />
      )}
    </li>
  )
}

type Values = {
  user_id: string | null
  from: string | null
  to: string | null
  kind: Absence['kind']
  deputy_id: string | null
}

function AbsenceForm({ onDone }: { onDone: () => void }) {
  const me = useMe()
  const refresh = useRefresh()
  const labels = { user_id: t('absence.who'), from: t('absence.from'), to: t('absence.to') }
  const form = useForm<Values>({
    initial: { user_id: me?.id ?? null, from: null, to: null, kind: 'leave', deputy_id: null },
    check: (values) => {
      const wrong = required<Values>(labels)(values)
      if (values.from && values.to && values.to < values.from) wrong.to = t('absence.order')
      return wrong
    },
    submit: async (values, key) => {
      await createAbsence(values as NewAbsence, key)
      toast(t('absence.saved'))
      onDone()
      await refresh(keys.absences)
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <div className="two">
        <Person
          label={labels.user_id}
          required
          current={me ? { id: me.id, name: me.name } : null}
          {...form.bind('user_id')}
        />
        <ChoiceField
          label={t('absence.kind')}
          required
          options={KINDS.map((value) => ({ value, label: t(`absence.kind.${value}`) }))}
          value={form.values.kind}
          onChange={(kind) => kind && form.set({ kind })}
        />
        <DateField label={labels.from} required {...form.bind('from')} />
        <DateField label={labels.to} required {...form.bind('to')} />
      </div>
      <Person label={t('absence.deputy')} hint={t('absence.deputy_hint')} {...form.bind('deputy_id')} />
    </Form>
  )
}
