/** Beside the timeline: what is owed with its clock, the next contact, to-dos, key people. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { customLabel, messageOf, useCan, useCustomFields } from '@/api'
import { t as words } from '@/i18n'
import { CustomerTodos, clausePath, DutyAct, dutyText, progressText } from '@/modules/engagement'
import { Consents } from '@/modules/protection'
import { CopyButton, Dialog, IconButton, Link, Masked, Remaining, SideBlock, Skeleton, Status, usePhone } from '@/ui'
import type { HeldFile } from './attachments/FileInput'
import { RecordFiles } from './attachments/RecordFiles'
import { fileHref } from './attachments/upload'
import { ContactActs, ContactState } from './ContactActs'
import { ContactForm } from './ContactForm'
import { type Custom, customText, FileLink, isMasked } from './custom'
import { Likely, Merges } from './duplicates/Merges'
import { ProposalActs } from './grades/ProposalActs'
import { Attitude, word } from './options'
import { type Contact, type Customer, contactsQuery, dutiesQuery, reveal, waitingProposalQuery } from './queries'
import { t } from './words'

export function CustomerSide({ id, customer }: { id: string; customer: Customer | undefined }) {
  const can = useCan()
  return (
    <>
      <WaitingProposal id={id} />
      {can('duty', 'read') && <Duties id={id} customer={customer} />}
      <SideBlock title={t('customers.next_contact')}>
        {customer?.next_contact_at ? (
          <Remaining due={customer.next_contact_at} />
        ) : (
          <span className="dim">{t('customers.not_planned')}</span>
        )}
      </SideBlock>
      {customer && can('todo', 'read') && (
        <Suspense fallback={<Skeleton lines={2} />}>
          <CustomerTodos customer={customer} />
        </Suspense>
      )}
      {can('contact', 'read') && <People key={id} id={id} />}
      {customer && can('contact', 'read') && (
        <Suspense fallback={<Skeleton lines={2} />}>
          <Consents key={`consents-${id}`} customer={customer} />
        </Suspense>
      )}
      <Likely id={id} />
      <Merges id={id} />
    </>
  )
}

/** Another grade has been proposed: what, why, and the answer for whoever may give it. */
function WaitingProposal({ id }: { id: string }) {
  const { data: proposal } = useQuery(waitingProposalQuery(id))
  if (!proposal) return null
  return (
    <SideBlock title={t('proposal.waiting')}>
      <p>
        {word('grade', proposal.from_grade)} → <b>{word('grade', proposal.to_grade)}</b>
        <span className="dim"> {proposal.reason}</span>
      </p>
      <p className="dim">
        {proposal.proposer.name} → {proposal.approver.name}
      </p>
      <ProposalActs proposal={proposal} />
    </SideBlock>
  )
}

function Duties({ id, customer }: { id: string; customer: Customer | undefined }) {
  const duties = useQuery(dutiesQuery(id))
  return (
    <SideBlock title={t('customers.open_duties')}>
      {duties.isPending && <Skeleton lines={2} />}
      {duties.isError && <p className="late">{messageOf(duties.error)}</p>}
      {duties.data?.length === 0 && <p className="dim">{t('customers.no_duties')}</p>}
      <ul>
        {duties.data?.map((duty) => (
          <li key={duty.id} className="side-duty">
            <p>
              <Link to={`/policy/duties/${duty.id}`}>{dutyText(duty)}</Link>{' '}
              <span className="dim">{progressText(duty)}</span>{' '}
              <Link to={clausePath(duty.clause)} className="dim">
                {duty.clause}
              </Link>
            </p>
            <div className="row between">
              {duty.due_at ? (
                <Remaining due={duty.due_at} act={duty.act_at} />
              ) : (
                <Status>{word('duty.state', duty.state)}</Status>
              )}
              {customer && (
                <Suspense>
                  <DutyAct small duty={{ ...duty, duty_id: duty.id, customer }} />
                </Suspense>
              )}
            </div>
          </li>
        ))}
      </ul>
    </SideBlock>
  )
}

const PEOPLE_SHOWN = 2

function People({ id }: { id: string }) {
  const can = useCan()
  const contacts = useQuery(contactsQuery(id))
  const [editing, setEditing] = useState<Contact | 'new'>()
  const [all, setAll] = useState(false)
  const people = contacts.data ?? []
  const shown = all ? people : people.slice(0, PEOPLE_SHOWN)
  const hidden = people.length - shown.length
  const close = () => setEditing(undefined)
  return (
    <SideBlock
      title={t('customers.key_people')}
      action={
        can('contact', 'create') && (
          <button type="button" className="link" onClick={() => setEditing('new')}>
            {words('add')}
          </button>
        )
      }
    >
      {contacts.isPending && <Skeleton lines={2} />}
      {contacts.data?.length === 0 && <p className="dim">{t('customers.no_people')}</p>}
      <ul>
        {shown.map((contact) => (
          <Person
            key={contact.id}
            contact={contact}
            mayReveal={can('customer', 'reveal')}
            onEdit={can('contact', 'update') ? () => setEditing(contact) : undefined}
          />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('customers.more_people', { n: hidden })}
        </button>
      )}
      <Dialog
        title={editing === 'new' ? t('customers.add_person') : t('customers.contact_edit')}
        open={editing !== undefined}
        onClose={close}
        size={600}
      >
        {editing && <ContactForm customerId={id} contact={editing === 'new' ? undefined : editing} onDone={close} />}
      </Dialog>
    </SideBlock>
  )
}

const ways = ['phone', 'wechat', 'email'] as const

type PersonProps = { contact: Contact; mayReveal: boolean; onEdit?: () => void }

function Person({ contact, mayReveal, onEdit }: PersonProps) {
  const phone = usePhone()
  // The numbers of somebody who must not be contacted are shown to nobody.
  const show =
    mayReveal && !contact.no_contact
      ? (field: string) => (reason: string) => reveal(contact.customer_id, field, reason, contact.id)
      : undefined
  return (
    <li className="person-line">
      <div className="row wrap">
        <b className={contact.left ? 'dim' : undefined}>{contact.name}</b>
        <span className="dim">
          {[word('salutation', contact.salutation), contact.position].filter(Boolean).join(' ')}
        </span>
        {contact.left && <span className="dim">{t('customers.left')}</span>}
        {contact.decision_maker && <Status tone="accent">{t('field.decision_maker')}</Status>}
        {contact.attitude && <Attitude attitude={contact.attitude} />}
        {contact.primary && !contact.decision_maker && <Status>{t('customers.contact_primary')}</Status>}
        <RecordFiles
          customer={contact.customer_id}
          kind="contact"
          record={contact.id}
          name={contact.name}
          mayAdd={onEdit !== undefined}
        />
        <span className="fact-acts no-print">
          {!phone && <CopyButton text={contact.name} what={contact.name} />}
          {onEdit && !phone && <IconButton label={`${words('edit')}: ${contact.name}`} icon="edit" onClick={onEdit} />}
          {onEdit && <ContactActs contact={contact} onEdit={phone ? onEdit : undefined} />}
        </span>
      </div>
      <ContactState contact={contact} />
      {ways.map(
        (way) =>
          contact[way] && (
            <div key={way} className="person-way">
              <span className="dim">{t(`field.${way}`)}</span>
              <Masked
                recordId={contact.id}
                label={`${contact.name} ${t(`field.${way}`)}`}
                masked={contact[way].masked}
                onReveal={show?.(way)}
                tel={way === 'phone'}
              />
            </div>
          ),
      )}
      <ContactCustom contact={contact} show={show} />
      {contact.birthday && <p className="dim">{birthdayText(contact.birthday)}</p>}
      {contact.preferences && <p className="dim">{contact.preferences}</p>}
    </li>
  )
}

/** What stands in the fields that the company has added to contacts. */
function ContactCustom({ contact, show }: { contact: Contact; show?: (field: string) => (reason: string) => Reveal }) {
  const fields = useCustomFields('contact')
  const custom = contact.custom as Custom
  return fields
    .filter((field) => custom[field.key] !== undefined)
    .map((field) => {
      const value = custom[field.key]
      const label = customLabel(field)
      return (
        <div key={field.key} className="person-way">
          <span className="dim">{label}</span>
          {isMasked(value) ? (
            <Masked
              recordId={contact.id}
              label={`${contact.name} ${label}`}
              masked={value.masked}
              onReveal={show?.(field.key)}
              href={(file) => fileHref(contact.customer_id, file)}
            />
          ) : field.kind === 'file' ? (
            <FileLink customer={contact.customer_id} file={value as HeldFile} />
          ) : (
            <span>{customText(field, value)}</span>
          )}
        </div>
      )
    })
}

type Reveal = ReturnType<typeof reveal>

function birthdayText({ calendar, month, day }: NonNullable<Contact['birthday']>): string {
  return `${t('field.birthday')} ${t(`birthday.${calendar}`, { month, day })}`
}
