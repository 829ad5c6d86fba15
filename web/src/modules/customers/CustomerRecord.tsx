/** The parts of a customer's record, the same in the drawer and on the page. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Me, messageOf, useCan, useMe } from '@/api'
import { ago, date, lookup, money, t as words } from '@/i18n'
import {
  Ago,
  Area,
  Button,
  Dialog,
  editable,
  type Fact,
  type FactGroup,
  Facts,
  Masked,
  type RecordParts,
  RegionName,
  Remaining,
  SideBlock,
  Skeleton,
  Status,
  Tag,
  Text,
  toast,
} from '@/ui'
import { ContactForm } from './ContactForm'
import { CustomerForm } from './CustomerForm'
import { CustomerTimeline } from './CustomerTimeline'
import { t } from './messages'
import { Grade, word } from './options'
import {
  type Contact,
  type Customer,
  contactsQuery,
  customerQuery,
  dutiesQuery,
  reveal,
  updateCustomer,
  useRefresh,
} from './queries'

export type Loaded = { parts: RecordParts; error?: unknown; loading: boolean; retry: () => void }

export function useCustomerRecord(id: string): Loaded {
  const { data: customer, error, isPending, refetch } = useQuery(customerQuery(id))
  const groups = useFacts(customer)
  const missing = (customer?.missing ?? []).map((field) => lookup(`field.${field}`) ?? field)
  return {
    error,
    loading: isPending,
    retry: () => void refetch(),
    parts: {
      title: customer?.name ?? t('customers.title'),
      marks: customer && <Marks customer={customer} />,
      actions: customer && <Actions customer={customer} />,
      facts: customer ? <Facts groups={groups} missing={missing} /> : <Skeleton lines={10} />,
      timeline: <CustomerTimeline key={id} id={id} />,
      side: <Side id={id} customer={customer} />,
    },
  }
}

function Marks({ customer }: { customer: Customer }) {
  return (
    <>
      <Grade grade={customer.grade} />
      <span>{customer.number}</span>
      {customer.owner && <span>{customer.owner.name}</span>}
      <span>
        {t('field.last_contact_at')} <Ago at={customer.last_contact_at} />
      </span>
      {customer.tags.map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
    </>
  )
}

function Actions({ customer }: { customer: Customer }) {
  const can = useCan()
  const [editing, setEditing] = useState(false)
  if (!can('customer', 'update')) return null
  return (
    <>
      <Button size="xs" icon="edit" onClick={() => setEditing(true)}>
        {words('edit')}
      </Button>
      <Dialog title={t('customers.edit')} open={editing} onClose={() => setEditing(false)} size={720}>
        <CustomerForm
          customer={customer}
          onCancel={() => setEditing(false)}
          onDone={() => {
            setEditing(false)
            toast(words('saved'))
          }}
        />
      </Dialog>
    </>
  )
}

function useFacts(customer: Customer | undefined): FactGroup[] {
  const can = useCan()
  const me = useMe()
  const refresh = useRefresh()
  if (!customer) return []
  const change = async (body: Parameters<typeof updateCustomer>[1]) => {
    await updateCustomer(customer, body)
    await refresh(customer.id)
  }
  const plain = plainFacts(customer, can('customer', 'update') ? change : undefined)
  const personal = personalFacts(customer, me, can('customer', 'reveal'))
  return [
    { title: t('group.contact'), facts: [...personal, plain('address'), plain('website'), regionFact(customer)] },
    {
      title: t('group.basic'),
      facts: [
        { key: 'kind', label: t('field.kind'), value: word('kind', customer.kind) },
        plain('short_name'),
        plain('credit_code'),
        { key: 'industry', label: t('field.industry'), value: word('industry', customer.industry) },
        { key: 'source', label: t('field.source'), value: word('source', customer.source) },
        { key: 'department', label: t('field.department'), value: customer.department?.name },
      ],
    },
    {
      title: t('group.business'),
      facts: [
        { key: 'staff_count', label: t('field.staff_count'), value: customer.staff_count },
        {
          key: 'annual_revenue_fen',
          label: t('field.annual_revenue_fen'),
          value: customer.annual_revenue_fen ? money(customer.annual_revenue_fen, true) : null,
        },
        { key: 'founded_on', label: t('field.founded_on'), value: customer.founded_on && date(customer.founded_on) },
        plain('main_business', true),
        plain('organisation', true),
      ],
    },
    { title: t('group.care'), facts: [plain('core_need', true), plain('preferences', true)] },
    {
      title: t('group.archive'),
      facts: [
        {
          key: 'cooperation_since',
          label: t('field.cooperation_since'),
          value: customer.cooperation_since && date(customer.cooperation_since),
        },
        { key: 'verified_on', label: t('field.verified_on'), value: customer.verified_on && ago(customer.verified_on) },
        { key: 'completeness', label: t('field.completeness'), value: `${customer.completeness}%` },
        { key: 'created_at', label: t('field.created_at'), value: date(customer.created_at) },
      ],
    },
  ]
}

type TextFact =
  | 'short_name'
  | 'credit_code'
  | 'address'
  | 'website'
  | 'main_business'
  | 'organisation'
  | 'core_need'
  | 'preferences'

function plainFacts(
  customer: Customer,
  change: ((body: Record<string, string | null>) => Promise<unknown>) | undefined,
) {
  return (key: TextFact, long = false): Fact => ({
    key,
    label: t(`field.${key}`),
    value: customer[key],
    copy: customer[key],
    mark: customer.key_facts.includes(key),
    edit:
      change &&
      editable<string>({
        value: customer[key] ?? '',
        field: (props) => (long ? <Area {...props} /> : <Text {...props} />),
        save: (value) => change({ [key]: value.trim() || null }),
      }),
  })
}

function regionFact(customer: Customer): Fact {
  return {
    key: 'region',
    label: t('field.region'),
    value: customer.region && <RegionName code={customer.region} />,
    mark: customer.key_facts.includes('region'),
  }
}

function personalFacts(customer: Customer, me: Me | undefined, mayReveal: boolean): Fact[] {
  const fields = ['phone', 'email', 'wechat', 'id_number'] as const
  return fields
    .filter((field) => me?.fields[`customer.${field}`] !== 'hidden')
    .map((field) => ({
      key: field,
      label: t(`field.${field}`),
      mark: customer.key_facts.includes(field),
      value: customer[field] && (
        <Masked
          recordId={customer.id}
          label={t(`field.${field}`)}
          masked={customer[field].masked}
          onReveal={mayReveal ? (reason) => reveal(customer.id, field, reason) : undefined}
        />
      ),
    }))
}

function Side({ id, customer }: { id: string; customer: Customer | undefined }) {
  const duties = useQuery(dutiesQuery(id))
  const contacts = useQuery(contactsQuery(id))
  const can = useCan()
  const [adding, setAdding] = useState(false)
  return (
    <>
      <SideBlock title={t('customers.open_duties')}>
        {duties.isPending && <Skeleton lines={2} />}
        {duties.isError && <p className="late">{messageOf(duties.error)}</p>}
        {duties.data?.length === 0 && <p className="dim">{t('customers.no_duties')}</p>}
        <ul>
          {duties.data?.map((duty) => (
            <li key={duty.id} className="row between">
              <span className="clip">
                {lookup(duty.what.key, duty.what.params)} <span className="dim">{duty.clause}</span>
              </span>
              <Remaining due={duty.due_at} />
            </li>
          ))}
        </ul>
      </SideBlock>
      <SideBlock title={t('customers.next_contact')}>
        {customer?.next_contact_at ? (
          <Remaining due={customer.next_contact_at} />
        ) : (
          <span className="dim">{t('customers.not_planned')}</span>
        )}
      </SideBlock>
      <SideBlock
        title={t('customers.key_people')}
        action={
          can('contact', 'create') && (
            <button type="button" className="link" onClick={() => setAdding(true)}>
              {words('add')}
            </button>
          )
        }
      >
        {contacts.data?.length === 0 && <p className="dim">{t('customers.no_people')}</p>}
        <ul>
          {contacts.data?.map((contact) => (
            <Person key={contact.id} contact={contact} mayReveal={can('customer', 'reveal')} />
          ))}
        </ul>
        <Dialog title={t('customers.add_person')} open={adding} onClose={() => setAdding(false)}>
          <ContactForm customerId={id} onDone={() => setAdding(false)} />
        </Dialog>
      </SideBlock>
    </>
  )
}

function Person({ contact, mayReveal }: { contact: Contact; mayReveal: boolean }) {
  return (
    <li>
      <div className="row wrap">
        <b>{contact.name}</b>
        <span className="dim">{contact.position}</span>
        {contact.left && <span className="dim">{t('customers.left')}</span>}
        {contact.decision_maker && <Status tone="accent">{t('field.decision_maker')}</Status>}
      </div>
      {contact.phone && (
        <Masked
          recordId={contact.id}
          label={t('field.phone')}
          masked={contact.phone.masked}
          onReveal={mayReveal ? (reason) => reveal(contact.customer_id, 'phone', reason, contact.id) : undefined}
        />
      )}
    </li>
  )
}
