/** Beside a customer's record: how its people stand to each purpose; two clicks from there to a withdrawal. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { locale } from '@/i18n'
import { Dialog, SideBlock, Skeleton, Status, type Tone } from '@/ui'
import {
  consentsQuery,
  type Person,
  type Purpose,
  type PurposeStanding,
  purposesQuery,
  type Standing,
} from '../queries'
import { RequestForm } from '../requests/RequestForm'
import { t } from '../words'
import { PersonConsents } from './PersonConsents'
import '../protection.css'

const SHOWN = 2

export const tones: Record<Standing, Tone> = {
  given: 'good',
  needs_renewal: 'warn',
  refused: 'none',
  withdrawn: 'none',
  none: 'none',
  barred: 'bad',
  restricted: 'bad',
}

export const purposeName = (purpose: Purpose | undefined, key: string) =>
  (locale() === 'en' ? purpose?.en : purpose?.zh) ?? key

/** Who has not consented but may be dealt with all the same: on what basis. */
export const standingWords = ({ standing, answer }: PurposeStanding) =>
  standing === 'given' && answer && answer.basis !== 'consent'
    ? t('standing.by', { basis: t(`basis.${answer.basis}`) })
    : t(`standing.${standing}`)

type Props = { customer: { id: string; name: string; kind: string } }

export default function Consents({ customer }: Props) {
  const can = useCan()
  const consents = useQuery(consentsQuery(customer.id))
  const purposes = useQuery(purposesQuery)
  const [open, setOpen] = useState<string>()
  const [all, setAll] = useState(false)
  const [asking, setAsking] = useState(false)
  const people = (consents.data?.people ?? []).filter((person) => !person.left)
  const shown = all ? people : people.slice(0, SHOWN)
  const chosen = people.find((person) => personKey(person) === open)
  return (
    <SideBlock
      title={t('consent.title')}
      action={
        can('subject_request', 'create') && (
          <button type="button" className="link" onClick={() => setAsking(true)}>
            {t('consent.request')}
          </button>
        )
      }
    >
      {consents.isPending && <Skeleton lines={2} />}
      {consents.isError && <p className="late">{messageOf(consents.error)}</p>}
      {consents.data && people.length === 0 && <p className="dim">{t('consent.empty')}</p>}
      <ul>
        {shown.map((person) => (
          <li key={personKey(person)}>
            <button type="button" className="consent-person" onClick={() => setOpen(personKey(person))}>
              <b>{person.name}</b>
              <Summary person={person} purposes={purposes.data ?? []} />
            </button>
          </li>
        ))}
      </ul>
      {people.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('consent.more', { n: people.length - shown.length })}
        </button>
      )}
      <Dialog
        title={t('consent.of', { name: chosen?.name ?? '' })}
        open={chosen !== undefined}
        onClose={() => setOpen(undefined)}
        size={600}
      >
        {chosen && consents.data && (
          <PersonConsents
            customerId={customer.id}
            person={chosen}
            purposes={purposes.data ?? []}
            history={consents.data.history}
          />
        )}
      </Dialog>
      <Dialog title={t('request.new')} open={asking} onClose={() => setAsking(false)} size={600}>
        {asking && <RequestForm customer={customer} onDone={() => setAsking(false)} />}
      </Dialog>
    </SideBlock>
  )
}

const personKey = (person: Person) => person.contact_id ?? 'self'

/** Only what has been answered, and what forbids: a list of questions nobody asked says nothing. */
function Summary({ person, purposes }: { person: Person; purposes: Purpose[] }) {
  const told = person.purposes.filter((one: PurposeStanding) => one.standing !== 'none')
  if (told.length === 0) return <span className="dim">{t('consent.none_asked')}</span>
  return told.map((one) => (
    <Status key={one.purpose} tone={tones[one.standing]}>
      {purposeName(
        purposes.find((purpose) => purpose.key === one.purpose),
        one.purpose,
      )}{' '}
      {standingWords(one)}
    </Status>
  ))
}
