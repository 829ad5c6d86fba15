import { CopyButton } from '@/ui'
import { t } from './words'
import './platform.css'

type Person = { login: string; name: string; department: string; post: string }

/** Whose eyes the sample company can be seen through, and the password that they share. */
export function SamplePeople({ result }: { result: { password?: unknown; sign_in?: unknown } | null | undefined }) {
  const password = typeof result?.password === 'string' ? result.password : ''
  const people = Array.isArray(result?.sign_in) ? (result.sign_in as Person[]) : []
  if (!password || people.length === 0) return null
  return (
    <section className="sample-people">
      <h2 className="small">{t('sample.password')}</h2>
      <p className="row">
        <code>{password}</code>
        <CopyButton text={password} what={t('sample.password')} />
      </p>
      <h2 className="small">{t('sample.people')}</h2>
      <ul>
        {people.map((person) => (
          <li key={person.login} className="row between">
            <span>
              <b>{person.name}</b>{' '}
              <span className="dim">
                {person.department} {person.post}
              </span>
            </span>
            <span className="row">
              <code>{person.login}</code>
              <CopyButton text={person.login} what={person.login} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
