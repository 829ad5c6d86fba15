import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { messageOf, useMe } from '@/api'
import { date } from '@/i18n'
import {
  Ago,
  Button,
  CopyButton,
  Facts,
  Form,
  Notice,
  Password,
  required,
  Skeleton,
  Status,
  Text,
  toast,
  useForm,
} from '@/ui'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import { QrCode } from './QrCode'
import {
  changePassword,
  confirmTotp,
  createToken,
  endSession,
  revokeToken,
  sessionsQuery,
  startTotp,
  stopTotp,
  tokensQuery,
} from './queries'
import { t } from './words'

export default function ProfilePage() {
  const me = useMe()
  return (
    <SettingsFrame title={m('profile.title')} narrow>
      <div className="stack wide">
        <Facts
          groups={[
            {
              title: t('profile.signed_in', { name: me?.name ?? '', login: me?.login ?? '' }),
              facts: [
                { key: 'department', label: t('profile.department'), value: me?.department?.name },
                { key: 'roles', label: t('profile.roles'), value: me?.roles.join(' · ') },
              ],
            },
          ]}
        />
        <Section title={t('password.title')}>
          <ChangePassword />
        </Section>
        <Section title={t('totp.title')} why={t('totp.why')}>
          <Totp on={me?.totp === true} />
        </Section>
        <Section title={t('tokens.title')} why={t('tokens.why')}>
          <Tokens />
        </Section>
        <Section title={t('sessions.title')}>
          <Sessions />
        </Section>
      </div>
    </SettingsFrame>
  )
}

function Section({ title, why, children }: { title: string; why?: string; children: ReactNode }) {
  return (
    <section className="section stack">
      <div>
        <h2>{title}</h2>
        {why && <p className="dim">{why}</p>}
      </div>
      {children}
    </section>
  )
}

function ChangePassword() {
  type Values = { old: string; new: string }
  const form = useForm<Values>({
    initial: { old: '', new: '' },
    check: required<Values>({ old: t('password.old'), new: t('password.new') }),
    submit: async (values) => {
      await changePassword(values)
      form.reset()
      toast(t('password.changed'))
    },
  })
  return (
    <Form form={form} guard={false}>
      <div className="two">
        <Password label={t('password.old')} autoComplete="current-password" {...form.bind('old')} />
        <Password
          label={t('password.new')}
          hint={t('password.hint')}
          autoComplete="new-password"
          {...form.bind('new')}
        />
      </div>
    </Form>
  )
}

function Totp({ on }: { on: boolean }) {
  const client = useQueryClient()
  const [enrolment, setEnrolment] = useState<{ secret: string; uri: string }>()
  const form = useForm({
    initial: { code: '' },
    check: required<{ code: string }>({ code: t('totp.code') }),
    submit: async ({ code }) => {
      await confirmTotp(code.trim())
      setEnrolment(undefined)
      await client.refetchQueries({ queryKey: ['me'] })
      toast(t('totp.done'))
    },
  })
  const attempt = (act: () => Promise<unknown>) => () => void act().catch((error) => toast(messageOf(error)))
  const stop = attempt(async () => {
    await stopTotp()
    await client.refetchQueries({ queryKey: ['me'] })
    toast(t('totp.stopped'))
  })
  if (on) {
    return (
      <div className="row">
        <Status tone="good">{t('totp.on')}</Status>
        <Button size="xs" onClick={stop}>
          {t('totp.stop')}
        </Button>
      </div>
    )
  }
  if (!enrolment) {
    return (
      <div>
        <Button onClick={attempt(async () => setEnrolment(await startTotp()))}>{t('totp.start')}</Button>
      </div>
    )
  }
  return (
    <Form form={form} guard={false} onCancel={() => setEnrolment(undefined)}>
      <p>{t('totp.secret')}</p>
      <QrCode text={enrolment.uri} label={t('totp.qr')} />
      <div className="row wrap">
        <code>{enrolment.secret}</code>
        <CopyButton text={enrolment.secret} what={t('totp.title')} />
        <a href={enrolment.uri}>{t('totp.link')}</a>
      </div>
      <Text label={t('totp.code')} autoComplete="one-time-code" autoFocus maxLength={6} {...form.bind('code')} />
    </Form>
  )
}

function Tokens() {
  const client = useQueryClient()
  const tokens = useQuery(tokensQuery)
  const [secret, setSecret] = useState<string>()
  const form = useForm({
    initial: { name: '' },
    check: required<{ name: string }>({ name: t('tokens.name') }),
    submit: async ({ name }, key) => {
      setSecret((await createToken(name.trim(), key)).secret ?? undefined)
      form.reset()
      await client.invalidateQueries(tokensQuery)
    },
  })
  const revoke = async (id: string, name: string) => {
    try {
      await revokeToken(id)
      toast(t('tokens.revoked', { name }))
    } catch (error) {
      toast(messageOf(error))
    }
    await client.invalidateQueries(tokensQuery)
  }
  return (
    <>
      {secret && (
        <Notice tone="good">
          {t('tokens.once')}
          <div className="row">
            <code>{secret}</code>
            <CopyButton text={secret} what={t('tokens.title')} />
          </div>
        </Notice>
      )}
      {tokens.isPending && <Skeleton lines={2} />}
      {tokens.data?.length === 0 && <p className="dim">{t('tokens.none')}</p>}
      <table className="plain">
        <tbody>
          {tokens.data?.map((token) => (
            <tr key={token.id}>
              <th scope="row">{token.name}</th>
              <td className="dim">
                {t('tokens.hint', { hint: token.hint })}
                {token.expires_at && ` · ${t('tokens.expires', { date: date(token.expires_at) })}`}
              </td>
              <td className="num">
                <Button size="xs" kind="quiet" onClick={() => void revoke(token.id, token.name)}>
                  {t('tokens.revoke')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Form form={form} guard={false} submitLabel={t('tokens.create')}>
        <Text label={t('tokens.name')} maxLength={60} {...form.bind('name')} />
      </Form>
    </>
  )
}

function Sessions() {
  const client = useQueryClient()
  const sessions = useQuery(sessionsQuery)
  const end = async (id: string) => {
    try {
      await endSession(id)
      toast(t('sessions.ended'))
    } catch (error) {
      toast(messageOf(error))
    }
    await client.invalidateQueries(sessionsQuery)
  }
  if (sessions.isPending) return <Skeleton lines={2} />
  if (sessions.isError) return <Notice tone="bad">{messageOf(sessions.error)}</Notice>
  return (
    <table className="plain">
      <tbody>
        {sessions.data.map((session) => (
          <tr key={session.id}>
            <th scope="row">{device(session.agent)}</th>
            <td className="dim">{session.address}</td>
            <td className="dim">
              <Ago at={session.seen_at} />
            </td>
            <td className="num">
              {session.current ? (
                <Status tone="good">{t('sessions.current')}</Status>
              ) : (
                <Button size="xs" kind="quiet" onClick={() => void end(session.id)}>
                  {t('sessions.end')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Enough of the browser's description to recognise one's own device. */
function device(agent: string | null | undefined): string {
  const system = agent?.match(/Windows|Android|iPhone|iPad|Mac OS|Linux/)?.[0]
  const browser = agent?.match(/MicroMessenger|Edg|Firefox|Chrome|Safari/)?.[0]
  return [browser, system].filter(Boolean).join(' · ') || t('sessions.unknown')
}
