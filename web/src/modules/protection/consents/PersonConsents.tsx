/** What one person answered to each purpose, and what they answer now. */
import { useState } from 'react'
import { useCan } from '@/api'
import { dateTime } from '@/i18n'
import { Area, Button, ChoiceField, Form, Notice, Status, Tag, toast, useForm } from '@/ui'
import {
  type Consent,
  type NewConsent,
  type Person,
  type Purpose,
  type PurposeStanding,
  recordConsent,
  useRefresh,
} from '../queries'
import { t } from '../words'
import { purposeName, standingWords, tones } from './Consents'

type Props = { customerId: string; person: Person; purposes: Purpose[]; history: Consent[] }

export function PersonConsents({ customerId, person, purposes, history }: Props) {
  const own = history.filter((answer) => (answer.contact_id ?? null) === (person.contact_id ?? null))
  return (
    <>
      <ul className="consent-purposes">
        {person.purposes.map((one) => {
          const purpose = purposes.find(({ key }) => key === one.purpose)
          return (
            <li key={one.purpose}>
              <Line customerId={customerId} person={person} purpose={purpose} one={one} />
            </li>
          )
        })}
      </ul>
      {own.length > 0 && (
        <section className="section">
          <h2 className="small">{t('consent.history')}</h2>
          <ul className="lines">
            {own.map((answer) => (
              <li key={answer.id}>
                {purposeName(
                  purposes.find(({ key }) => key === answer.purpose),
                  answer.purpose,
                )}{' '}
                <b>{decisionWords(answer)}</b> <span className="dim">{how(answer)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

const decisionWords = ({ decision, basis }: Consent) =>
  decision === 'given' && basis !== 'consent'
    ? t('standing.by', { basis: t(`basis.${basis}`) })
    : t(`decision.${decision}`)

const how = (answer: Consent) =>
  t('consent.by', {
    when: dateTime(answer.at),
    channel: t(`channel.${answer.channel}`),
    name: answer.recorded_by.name,
  })

type LineProps = { customerId: string; person: Person; purpose: Purpose | undefined; one: PurposeStanding }

function Line({ customerId, person, purpose, one }: LineProps) {
  const can = useCan()
  const [asking, setAsking] = useState<NewConsent['decision']>()
  const { answer, standing } = one
  const given = answer?.decision === 'given'
  const mayRecord = can('contact', 'update')
  return (
    <>
      <div className="row between wrap">
        <span className="row wrap">
          <b>{purposeName(purpose, one.purpose)}</b>
          <Status tone={tones[standing]}>{standingWords(one)}</Status>
          {purpose?.separate && <Tag>{t('consent.separate')}</Tag>}
        </span>
        {mayRecord && !asking && (
          <span className="row">
            {(!given || standing === 'needs_renewal') && (
              <Button size="xs" onClick={() => setAsking('given')}>
                {standing === 'needs_renewal' ? t('consent.renew') : t('consent.give')}
              </Button>
            )}
            {given && (
              <Button size="xs" onClick={() => setAsking('withdrawn')}>
                {t('consent.withdraw')}
              </Button>
            )}
            {standing === 'none' && (
              <Button size="xs" kind="quiet" onClick={() => setAsking('refused')}>
                {t('consent.refuse')}
              </Button>
            )}
          </span>
        )}
      </div>
      {answer && (
        <p className="dim">
          {how(answer)} · {answer.basis === 'consent' && `${t('basis.consent')} · `}
          {t('consent.notice_version', { n: answer.notice_version })}
          {answer.proof && ` · ${t('consent.proof')}: ${answer.proof}`}
        </p>
      )}
      {asking && (
        <AnswerForm
          customerId={customerId}
          person={person}
          purpose={purpose}
          purposeKey={one.purpose}
          decision={asking}
          onDone={() => setAsking(undefined)}
        />
      )}
    </>
  )
}

const CHANNELS = ['phone', 'wechat', 'email', 'sms', 'in_person', 'paper', 'website', 'contract', 'other'] as const
const BASES = ['consent', 'contract', 'legal_duty', 'emergency', 'public_interest', 'published', 'other_law'] as const

type FormProps = {
  customerId: string
  person: Person
  purpose: Purpose | undefined
  purposeKey: string
  decision: NewConsent['decision']
  onDone: () => void
}

type Values = { channel: NewConsent['channel'] | null; basis: NonNullable<NewConsent['basis']> | null; proof: string }

function AnswerForm({ customerId, person, purpose, purposeKey, decision, onDone }: FormProps) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { channel: 'phone', basis: 'consent', proof: '' },
    submit: async ({ channel, basis, proof }, key) => {
      await recordConsent(
        customerId,
        {
          contact_id: person.contact_id ?? null,
          purpose: purposeKey,
          decision,
          basis: decision === 'given' ? (basis ?? 'consent') : 'consent',
          channel: channel ?? 'other',
          proof: proof.trim() || null,
        },
        key,
      )
      toast(t(`consent.saved.${decision}`))
      onDone()
      await refresh()
    },
  })
  const labels = { given: t('consent.give'), refused: t('consent.refuse'), withdrawn: t('consent.withdraw') }
  return (
    <Form form={form} guard={false} onCancel={onDone} submitLabel={labels[decision]}>
      {decision === 'withdrawn' && <Notice>{t('consent.withdraw_why')}</Notice>}
      {decision === 'given' && purpose && <p className="dim consent-notice">{purpose.notice}</p>}
      <div className="two">
        <ChoiceField
          label={t('channel')}
          required
          options={CHANNELS.map((value) => ({ value, label: t(`channel.${value}`) }))}
          {...form.bind('channel')}
        />
        {decision === 'given' && (
          <ChoiceField
            label={t('basis')}
            required
            options={BASES.map((value) => ({ value, label: t(`basis.${value}`) }))}
            {...form.bind('basis')}
          />
        )}
      </div>
      <Area
        label={t('consent.proof')}
        hint={t('consent.proof_hint')}
        required={decision === 'given' && form.values.basis === 'consent'}
        {...form.bind('proof')}
      />
    </Form>
  )
}
