import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, call } from '@/api/client'
import { SamplePeople } from '@/modules/platform/SamplePeople'
import { Button } from '@/ui/Button'
import { FieldGroup, Form, required, useForm } from '@/ui/Form'
import { ChoiceField } from '@/ui/fields/choice'
import { Password, Text } from '@/ui/fields/text'
import { Link, useSearch } from '@/ui/nav'
import { type Job, Progress } from '@/ui/Progress'
import { Notice } from '@/ui/small'
import { useTitle } from '@/ui/useTitle'
import { Outside } from './Outside'
import { t } from './outside-words'

type Values = {
  token: string
  company: string
  time_zone: string | null
  'admin.name': string
  'admin.login': string
  'admin.password': string
  start: 'sample' | 'empty'
}

const zones = () =>
  Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
/** The browser's zone when it is a place; a server's UTC is nobody's working day. */
function ownZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return zones().some((other) => other.value === zone) ? zone : 'Asia/Shanghai'
}

/** The first step founds the company, the last plans its duties; between them 18 months go by. */
function doing({ done, total }: Job): string {
  if (done === 0) return t('setup.writing_people')
  return t(done < total - 1 ? 'setup.writing_history' : 'setup.writing_duties')
}

const enter = () => globalThis.location.assign('/')

export default function SetupPage() {
  const { token = '' } = useSearch()
  const [job, setJob] = useState<string>()
  const [made, setMade] = useState<Job>()
  const state = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => call(api.GET('/api/v1/setup', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  useTitle(t('setup.title'))
  const form = useForm<Values>({
    initial: {
      token,
      company: '',
      time_zone: ownZone(),
      'admin.name': '',
      'admin.login': '',
      'admin.password': '',
      start: 'sample',
    },
    check: required<Values>({
      token: t('setup.token'),
      company: t('setup.company'),
      'admin.name': t('setup.name'),
      'admin.login': t('login.login'),
      'admin.password': t('login.password'),
    }),
    submit: async ({ token: secret, company, time_zone, start, ...admin }) => {
      const body = {
        token: secret.trim(),
        company: company.trim(),
        time_zone: time_zone ?? 'Asia/Shanghai',
        admin: {
          name: admin['admin.name'].trim(),
          login: admin['admin.login'].trim(),
          password: admin['admin.password'],
        },
        sample: start === 'sample',
      }
      const { job_id } = await call(api.POST('/api/v1/setup', { body }))
      if (job_id) setJob(job_id)
      else enter()
    },
  })
  if (made) {
    return (
      <Outside title={t('setup.sample_ready')} intro={t('setup.sample_ready_why')}>
        <SamplePeople result={made.result} />
        <Button kind="primary" onClick={enter}>
          {t('setup.enter')}
        </Button>
      </Outside>
    )
  }
  if (job) {
    return (
      <Outside title={t('setup.sample_running')} intro={t('setup.sample_why_wait')}>
        <Progress jobId={job} title={t('setup.sample')} doing={doing} onDone={setMade} />
        <Button onClick={enter}>{t('setup.enter')}</Button>
      </Outside>
    )
  }
  if (state.data && !state.data.needed) {
    return (
      <Outside title={t('setup.title')}>
        <Notice tone="good">
          {t('setup.done_needed')} <Link to="/login">{t('login.title')}</Link>
        </Notice>
      </Outside>
    )
  }
  return (
    <Outside title={t('setup.title')} intro={t('setup.intro')}>
      <Form form={form} submitLabel={t('setup.submit')} guard={false}>
        {!token && <Text label={t('setup.token')} hint={t('setup.token_hint')} required {...form.bind('token')} />}
        <Text
          label={t('setup.company')}
          required
          autoFocus
          maxLength={80}
          autoComplete="organization"
          {...form.bind('company')}
        />
        <ChoiceField label={t('setup.time_zone')} options={zones()} required {...form.bind('time_zone')} />
        <FieldGroup title={t('setup.admin')}>
          <div className="two">
            <Text label={t('setup.name')} required maxLength={40} autoComplete="name" {...form.bind('admin.name')} />
            <Text
              label={t('login.login')}
              required
              maxLength={40}
              autoComplete="username"
              {...form.bind('admin.login')}
            />
          </div>
          <Password
            label={t('login.password')}
            hint={t('setup.password_hint')}
            required
            autoComplete="new-password"
            {...form.bind('admin.password')}
          />
        </FieldGroup>
        <Start value={form.values.start} onChange={(start) => form.set({ start })} />
      </Form>
    </Outside>
  )
}

function Start({ value, onChange }: { value: Values['start']; onChange: (value: Values['start']) => void }) {
  return (
    <FieldGroup title={t('setup.start_with')}>
      {(['sample', 'empty'] as const).map((kind) => (
        <label key={kind} className="start" data-chosen={value === kind || undefined}>
          <input type="radio" name="start" checked={value === kind} onChange={() => onChange(kind)} />
          <span>
            <b>{t(`setup.${kind}`)}</b>
            <span className="dim">{t(`setup.${kind}_why`)}</span>
          </span>
        </label>
      ))}
    </FieldGroup>
  )
}
