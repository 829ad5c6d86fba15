import { useState } from 'react'
import { api, call } from '@/api/client'
import { Problem } from '@/api/problem'
import { useSetMe } from '@/api/session'
import { Form, required, useForm } from '@/ui/Form'
import { Password, Text } from '@/ui/fields/text'
import { useGo, useSearch } from '@/ui/nav'
import { useTitle } from '@/ui/useTitle'
import { Outside } from './Outside'
import { t } from './outside-words'
import { chooseLocale, safeNext } from './session'

type Values = { login: string; password: string; code: string }

export default function LoginPage() {
  const { next } = useSearch()
  const go = useGo()
  const setMe = useSetMe()
  const [second, setSecond] = useState(false)
  useTitle(t('login.title'))
  const form = useForm<Values>({
    initial: { login: '', password: '', code: '' },
    check: required<Values>({
      login: t('login.login'),
      password: t('login.password'),
      ...(second && { code: t('login.code') }),
    }),
    submit: async ({ login, password, code }) => {
      try {
        const body = { login: login.trim(), password, ...(code && { code: code.trim() }) }
        const me = await call(api.POST('/api/v1/session', { body }))
        setMe(me)
        if (me.locale === 'zh' || me.locale === 'en') chooseLocale(me.locale)
        go(safeNext(next), { replace: true })
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'login.code_needed' || second) throw error
        setSecond(true)
      }
    },
  })
  return (
    <Outside title={t('login.title')}>
      <Form form={form} submitLabel={t('login.submit')} guard={false}>
        <Text label={t('login.login')} autoComplete="username" autoFocus {...form.bind('login')} />
        <Password label={t('login.password')} autoComplete="current-password" {...form.bind('password')} />
        {second && (
          <Text
            label={t('login.code')}
            hint={t('login.code_hint')}
            autoComplete="one-time-code"
            autoFocus
            maxLength={6}
            {...form.bind('code')}
          />
        )}
      </Form>
    </Outside>
  )
}
