/** One request: who asked for what, who they are, what was answered; and the next thing to do about it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { dateTime } from '@/i18n'
import {
  Area,
  Button,
  ChoiceField,
  Failed,
  Form,
  Notice,
  required,
  Skeleton,
  Status,
  Text,
  type Tone,
  toast,
  useForm,
} from '@/ui'
import {
  answerRequest,
  copyOf,
  type Detail,
  type Identity,
  identify,
  type Request,
  requestQuery,
  restrict,
  takeBack,
  useRefresh,
} from '../queries'
import { t } from '../words'
import '../protection.css'

const tones: Record<Request['state'], Tone> = {
  open: 'warn',
  erasing: 'warn',
  fulfilled: 'good',
  refused: 'none',
  withdrawn: 'none',
}

export function RequestState({ state }: { state: Request['state'] }) {
  return <Status tone={tones[state]}>{t(`state.${state}`)}</Status>
}

type Place = Pick<Request, 'customer_id' | 'id'>

export function RequestDetail({ place, onDone }: { place: Place; onDone: () => void }) {
  const { data, error, refetch } = useQuery(requestQuery(place))
  if (error) return <Failed title={t('request.title')} why={messageOf(error)} onRetry={() => void refetch()} />
  if (!data) return <Skeleton lines={6} />
  return (
    <div className="stack">
      <Lines detail={data} />
      <Acts detail={data} onDone={onDone} />
      <section>
        <h2 className="small">{t('request.log')}</h2>
        <ul className="lines">
          {data.log.map((step) => (
            <li key={`${step.at}${step.action}`}>
              {t(`step.${step.action as 'create'}`)}{' '}
              <span className="dim">
                {dateTime(step.at)} {step.by === 'system' ? t('step.by_system') : step.by}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}

function Lines({ detail: { request, restricted } }: { detail: Detail }) {
  const identity = request.identity
    ? [
        t(`identity.${request.identity}`),
        request.identity_note,
        request.identity_by?.name,
        request.identity_at && dateTime(request.identity_at),
      ]
    : []
  const lines: [string, string][] = [
    [t('request.kind'), t(`kind.${request.kind}`)],
    ...(request.content ? [[t('request.content'), request.content] as [string, string]] : []),
    [t('request.asker'), `${t(`asker.${request.asker}`)} · ${t(`channel.${request.channel}`)}`],
    [t('request.received_at'), dateTime(request.received_at)],
    [t('request.handler'), request.handler.name],
    [t('request.identity'), identity.filter(Boolean).join(' · ') || t('request.identity_todo')],
  ]
  if (request.answer) lines.push([t('request.answer'), `${request.answer} · ${request.answered_by?.name ?? ''}`])
  return (
    <>
      <p className="row wrap">
        <RequestState state={request.state} />
        {restricted && <Status tone="bad">{t('request.restricted')}</Status>}
      </p>
      <dl className="pairs">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt className="dim">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

type Asking = 'fulfil' | 'refuse' | 'take_back'

function Acts({ detail: { request, restricted }, onDone }: { detail: Detail; onDone: () => void }) {
  const can = useCan()
  const refresh = useRefresh()
  const [asking, setAsking] = useState<Asking>()
  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      toast(done)
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  const download = () => act(async () => save(`${request.number}.json`, await copyOf(request)), t('request.copy_done'))
  const mayAct = can('subject_request', 'update')
  const open = request.state === 'open'
  const known = Boolean(request.identity)
  const gone = request.state === 'erasing' || (request.state === 'fulfilled' && request.kind === 'delete')
  if (asking) return <AnswerForm request={request} way={asking} onCancel={() => setAsking(undefined)} onDone={onDone} />
  return (
    <>
      {mayAct && open && !known && <IdentityForm request={request} />}
      <div className="row wrap">
        {mayAct && open && known && (
          <Button kind={request.kind === 'delete' ? 'danger' : 'primary'} onClick={() => setAsking('fulfil')}>
            {t(request.kind === 'delete' ? 'request.erase' : 'request.fulfil')}
          </Button>
        )}
        {known && !gone && can('subject_request', 'export') && (
          <Button icon="download" onClick={() => void download()}>
            {t('request.copy')}
          </Button>
        )}
        {mayAct && known && !gone && !restricted && (request.kind === 'delete' || request.kind === 'restrict') && (
          <Button onClick={() => void act(() => restrict(request, true), t('request.restricted_done'))}>
            {t('request.restrict')}
          </Button>
        )}
        {mayAct && !gone && restricted && (
          <Button onClick={() => void act(() => restrict(request, false), t('request.lifted_done'))}>
            {t('request.lift')}
          </Button>
        )}
        {mayAct && open && <Button onClick={() => setAsking('refuse')}>{t('request.refuse')}</Button>}
        {mayAct && open && (
          <Button kind="quiet" onClick={() => setAsking('take_back')}>
            {t('request.take_back')}
          </Button>
        )}
      </div>
      {open && request.kind === 'delete' && <Notice>{t('request.delete_note')}</Notice>}
      {request.state === 'erasing' && <Notice>{t('request.erasing_note')}</Notice>}
      {request.state === 'fulfilled' && request.kind === 'delete' && (
        <Notice tone="good">{t('request.erased_note')}</Notice>
      )}
    </>
  )
}

function save(name: string, content: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  URL.revokeObjectURL(url)
}

const IDENTITIES = ['called_back', 'known_address', 'document', 'in_person', 'power_of_attorney'] as const

function IdentityForm({ request }: { request: Request }) {
  const refresh = useRefresh()
  const form = useForm<{ identity: Identity['identity'] | null; note: string }>({
    initial: { identity: 'called_back', note: '' },
    submit: async ({ identity, note }) => {
      await identify(request, { identity: identity ?? 'document', note: note.trim() || null })
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} submitLabel={t('request.identity_save')}>
      <div className="two">
        <ChoiceField
          label={t('request.identity_how')}
          required
          options={IDENTITIES.map((value) => ({ value, label: t(`identity.${value}`) }))}
          {...form.bind('identity')}
        />
        <Text
          label={t('request.identity_note')}
          hint={t('request.identity_hint')}
          maxLength={200}
          {...form.bind('note')}
        />
      </div>
    </Form>
  )
}

type AnswerProps = { request: Request; way: Asking; onCancel: () => void; onDone: () => void }

function AnswerForm({ request, way, onCancel, onDone }: AnswerProps) {
  const refresh = useRefresh()
  const erases = way === 'fulfil' && request.kind === 'delete'
  const label = {
    fulfil: t('request.answer_done'),
    refuse: t('request.answer_why'),
    take_back: t('request.take_back_why'),
  }[way]
  const form = useForm<{ answer: string }>({
    initial: { answer: '' },
    check: required<{ answer: string }>({ answer: label }),
    submit: async ({ answer }) => {
      const words = answer.trim()
      if (way === 'take_back') await takeBack(request, words)
      else await answerRequest(request, { fulfilled: way === 'fulfil', answer: words })
      toast(t(erases ? 'request.erasing' : 'request.answered'))
      await refresh()
      onDone()
    },
  })
  return (
    <Form
      form={form}
      guard={false}
      onCancel={onCancel}
      submitLabel={t(erases ? 'request.erase' : 'request.send')}
      danger={erases}
    >
      {way === 'fulfil' && request.kind === 'restrict' && <Notice>{t('request.restrict_note')}</Notice>}
      {erases && <Notice tone="bad">{t('request.erase_note')}</Notice>}
      {way === 'fulfil' && request.kind === 'withdraw' && <Notice>{t('request.withdraw_note')}</Notice>}
      <Area label={label} required autoFocus rows={3} {...form.bind('answer')} />
    </Form>
  )
}
