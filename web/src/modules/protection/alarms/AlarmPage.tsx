/** Unusual reading and taking out (R2-7.1): what was unusual about whom, and what was found. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api'
import { count, date, dateTime, t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import {
  Area,
  Button,
  Dialog,
  Empty,
  Failed,
  Form,
  NumberField,
  required,
  Segmented,
  Skeleton,
  Status,
  type Tone,
  toast,
  useForm,
} from '@/ui'
import { m } from '../messages'
import { type Alarm, alarmsQuery, answerAlarm, type Bounds, boundsQuery, keys, saveBounds } from '../queries'
import { t } from '../words'

export default function AlarmPage() {
  const pages = useInfiniteQuery(alarmsQuery)
  const bounds = useQuery(boundsQuery)
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <SettingsFrame title={m('protection.alarms')}>
      <p className="dim">{t('alarm.why')}</p>
      {pages.isPending && <Skeleton lines={6} />}
      {pages.isError && (
        <Failed title={words('list.failed')} why={messageOf(pages.error)} onRetry={() => void pages.refetch()} />
      )}
      {pages.isSuccess && items.length === 0 && <Empty title={t('alarm.empty')} why={t('alarm.empty_why')} />}
      <ul className="jobs">
        {items.map((alarm) => (
          <Line key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {pages.hasNextPage && <Button onClick={() => void pages.fetchNextPage()}>{t('alarm.more')}</Button>}
      {bounds.data && <BoundsForm key={bounds.data.version} bounds={bounds.data} />}
    </SettingsFrame>
  )
}

const tones: Record<Alarm['state'], Tone> = { open: 'warn', explained: 'good', misuse: 'bad' }

function Line({ alarm }: { alarm: Alarm }) {
  const client = useQueryClient()
  const [answering, setAnswering] = useState(false)
  const who = alarm.about.name
  const days =
    alarm.day === alarm.last_day
      ? date(alarm.day)
      : t('alarm.days', { from: date(alarm.day), to: date(alarm.last_day) })
  const usual = typeof alarm.usual === 'number' ? t('alarm.usual', { n: count(alarm.usual) }) : t('alarm.unknown')
  const close = () => setAnswering(false)
  return (
    <li>
      <div className="row wrap between">
        <b>
          {who} {t(`alarm.${alarm.kind}`, { n: count(alarm.amount) })}
        </b>
        <span className="dim">{days}</span>
      </div>
      <div className="row wrap">
        <Status tone={tones[alarm.state]}>{t(`alarm.${alarm.state}`)}</Status>
        <span className="dim">
          {usual} · {t('alarm.threshold', { n: count(alarm.threshold) })}
        </span>
        {alarm.answerable && (
          <Button size="xs" kind="primary" onClick={() => setAnswering(true)}>
            {t('alarm.answer')}
          </Button>
        )}
      </div>
      {alarm.answered_by && (
        <p>
          {t('alarm.said', {
            who: alarm.answered_by.name,
            when: dateTime(alarm.answered_at ?? alarm.raised_at),
            what: alarm.answer ?? '',
          })}
        </p>
      )}
      <Dialog title={t('alarm.answer_of', { who })} open={answering} onClose={close} size={480}>
        <AnswerForm
          onCancel={close}
          onAnswer={async (misuse, reason) => {
            await answerAlarm(alarm, misuse, reason)
            close()
            toast(t('alarm.answered'))
            await client.invalidateQueries({ queryKey: keys.alarms })
          }}
        />
      </Dialog>
    </li>
  )
}

type Verdict = 'explained' | 'misuse'
type AnswerValues = { verdict: Verdict; reason: string }
type AnswerProps = { onAnswer: (misuse: boolean, reason: string) => Promise<void>; onCancel: () => void }

function AnswerForm({ onAnswer, onCancel }: AnswerProps) {
  const form = useForm<AnswerValues>({
    initial: { verdict: 'explained', reason: '' },
    check: required<AnswerValues>({ reason: t('alarm.reason') }),
    submit: ({ verdict, reason }) => onAnswer(verdict === 'misuse', reason.trim()),
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={t('alarm.answer')}>
      <Segmented<Verdict>
        label={t('alarm.verdict')}
        options={[
          { value: 'explained', label: t('alarm.explained') },
          { value: 'misuse', label: t('alarm.misuse') },
        ]}
        value={form.values.verdict}
        onChange={(verdict) => form.set({ verdict })}
      />
      <Area label={t('alarm.reason')} required {...form.bind('reason')} />
    </Form>
  )
}

type BoundValues = Record<'opened' | 'listed' | 'revealed' | 'exported' | 'factor', number | null>

function BoundsForm({ bounds }: { bounds: Bounds }) {
  const client = useQueryClient()
  const labels = {
    opened: t('alarm.bound_opened'),
    listed: t('alarm.bound_listed'),
    revealed: t('alarm.bound_revealed'),
    exported: t('alarm.bound_exported'),
    factor: t('alarm.factor'),
  }
  const { opened, listed, revealed, exported, factor } = bounds
  const form = useForm<BoundValues>({
    initial: { opened, listed, revealed, exported, factor },
    check: required<BoundValues>(labels),
    submit: async (values) => {
      await saveBounds({ ...(values as Bounds), version: bounds.version })
      toast(words('saved'))
      await client.invalidateQueries({ queryKey: keys.alarms })
    },
  })
  return (
    <section className="section">
      <h2>{t('alarm.bounds')}</h2>
      <p className="dim">{t('alarm.bounds_why')}</p>
      {!bounds.settable && <p className="dim">{t('alarm.bounds_whose')}</p>}
      <fieldset className="bare" disabled={!bounds.settable}>
        <Form form={form} labels={labels}>
          <div className="two">
            <NumberField label={labels.opened} min={1} max={1_000_000} {...form.bind('opened')} />
            <NumberField label={labels.listed} min={1} max={1_000_000} {...form.bind('listed')} />
            <NumberField label={labels.revealed} min={1} max={1_000_000} {...form.bind('revealed')} />
            <NumberField label={labels.exported} min={1} max={1_000_000} {...form.bind('exported')} />
            <NumberField label={labels.factor} min={1} max={100} {...form.bind('factor')} />
          </div>
        </Form>
      </fieldset>
    </section>
  )
}
