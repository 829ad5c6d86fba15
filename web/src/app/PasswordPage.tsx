/** A password by the one-time link of an administrator, or in place of a temporary one. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, call } from '@/api/client'
import { meQuery } from '@/api/session'
import { Form, type FormState, required, useForm } from '@/ui/Form'
import { Password } from '@/ui/fields/text'
import { Link, useGo } from '@/ui/nav'
import { Notice, Skeleton } from '@/ui/small'
import { toast } from '@/ui/Undo'
import { useTitle } from '@/ui/useTitle'
import { Outside } from './Outside'
import { t } from './outside-words'

export default function PasswordPage() {
  useTitle(t('password.title'))
  const token = useToken()
  const me = useQuery({ ...meQuery, enabled: token === '' })
  if (token) {
    return (
      <Outside title={t('password.title')} intro={t('password.intro')}>
        <ByLink token={token} />
      </Outside>
    )
  }
  if (me.isPending) {
    return (
      <Outside title={t('password.title')}>
        <Skeleton lines={3} />
      </Outside>
    )
  }
  if (me.data) {
    return (
      <Outside title={t('password.title')} intro={me.data.must_change_password ? t('password.must_intro') : undefined}>
        <InPlace />
      </Outside>
    )
  }
  return (
    <Outside title={t('password.title')}>
      <Notice>
        {t('password.no_link')} <Link to="/login">{t('login.title')}</Link>
      </Notice>
    </Outside>
  )
}

/** After the #, so that it is in no log; taken out of the address at once, so that it is in no history either. */
function useToken(): string {
  const [token] = useState(() => new URLSearchParams(globalThis.location.hash.slice(1)).get('token') ?? '')
  useEffect(() => {
    if (token) globalThis.history.replaceState(globalThis.history.state, '', '/password')
  }, [token])
  return token
}

/** Named as the server names them, so that what it complains about is marked at its field. */
type Values = { old: string; password: string; new: string; again: string }
type Own = 'password' | 'new'

function check(values: Values, own: Own): Partial<Record<keyof Values, string>> {
  const wrong = required<Values>({
    ...(own === 'new' && { old: t('password.temporary') }),
    [own]: t('password.own'),
    again: t('password.again'),
  })(values)
  if (!wrong.again && values[own] !== values.again) wrong.again = t('password.different')
  return wrong
}

const initial: Values = { old: '', password: '', new: '', again: '' }

function ByLink({ token }: { token: string }) {
  const go = useGo()
  const form = useForm<Values>({
    initial,
    check: (values) => check(values, 'password'),
    submit: async ({ password }) => {
      await call(api.POST('/api/v1/password', { body: { token, password } }))
      toast(t('password.done'))
      go('/login', { replace: true })
    },
  })
  return (
    <Form form={form} submitLabel={t('password.set')} guard={false}>
      <Twice form={form} own="password" />
    </Form>
  )
}

function InPlace() {
  const go = useGo()
  const client = useQueryClient()
  const form = useForm<Values>({
    initial,
    check: (values) => check(values, 'new'),
    submit: async ({ old, new: own }) => {
      await call(api.POST('/api/v1/me/password', { body: { old, new: own } }))
      await client.resetQueries({ queryKey: meQuery.queryKey })
      go('/', { replace: true })
    },
  })
  return (
    <Form form={form} submitLabel={t('password.set')} guard={false}>
      <Password label={t('password.temporary')} autoComplete="current-password" autoFocus {...form.bind('old')} />
      <Twice form={form} own="new" />
    </Form>
  )
}

function Twice({ form, own }: { form: FormState<Values>; own: Own }) {
  return (
    <>
      <Password
        label={t('password.own')}
        hint={t('setup.password_hint')}
        autoComplete="new-password"
        {...form.bind(own)}
      />
      <Password label={t('password.again')} autoComplete="new-password" {...form.bind('again')} />
    </>
  )
}
