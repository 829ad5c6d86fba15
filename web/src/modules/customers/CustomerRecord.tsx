/** The parts of a customer's record, the same in the drawer and on the page. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { type Me, messageOf, useCan, useCustomFields, useMe } from '@/api'
import { ago, count, date, lookup, money } from '@/i18n'
import { Composer } from '@/modules/engagement'
import {
  Ago,
  Area,
  editable,
  type Fact,
  type FactGroup,
  Facts,
  Masked,
  type RecordParts,
  RegionName,
  Skeleton,
  Tag,
  Text,
  toast,
} from '@/ui'
import { CustomerActions, type CustomerPanel } from './CustomerActions'
import { CustomerSide } from './CustomerSide'
import { CustomerTabs } from './CustomerTabs'
import { type Totals, totalsQuery } from './cooperation/queries'
import { type Custom, customFacts } from './custom'
import { HandoverNotice } from './handovers/HandoverNotice'
import { PlaceValue } from './near/PlaceValue'
import { Grade, word } from './options'
import { type Customer, customerQuery, markFact, reveal, unmarkFact, updateCustomer, useRefresh } from './queries'
import { t } from './words'

export type Loaded = { parts: RecordParts; error?: unknown; loading: boolean; retry: () => void }

export function useCustomerRecord(id: string, onGone: () => void): Loaded {
  const { data: customer, error, isPending, refetch } = useQuery(customerQuery(id))
  const groups = useFacts(customer)
  const can = useCan()
  const mayChange = can('customer', 'update')
  const [panel, setPanel] = useState<CustomerPanel>()
  const missing = (customer?.missing ?? []).map((key) => ({ key, label: lookup(`field.${key}`) ?? key }))
  const fill = (key: string) => setPanel(key === 'contact' || key === 'decision_maker' ? 'contact' : 'edit')
  return {
    error,
    loading: isPending,
    retry: () => void refetch(),
    parts: {
      title: customer?.name ?? t('customers.title'),
      marks: customer && <Marks customer={customer} />,
      actions: customer && <CustomerActions customer={customer} panel={panel} onPanel={setPanel} onGone={onGone} />,
      facts: customer ? (
        <Facts groups={groups} missing={missing} onMissing={mayChange ? fill : undefined} />
      ) : (
        <Skeleton lines={10} />
      ),
      composer: customer && can('interaction', 'create') && (
        <Suspense fallback={<div className="composer" />}>
          <Composer key={id} customer={{ id, name: customer.name }} />
        </Suspense>
      ),
      timeline: (
        <>
          <HandoverNotice customerId={id} />
          <CustomerTabs id={id} customer={customer} />
        </>
      ),
      side: <CustomerSide id={id} customer={customer} />,
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

function useFacts(customer: Customer | undefined): FactGroup[] {
  const can = useCan()
  const me = useMe()
  const refresh = useRefresh()
  const fields = useCustomFields('customer')
  const mayDeals = can('cooperation', 'read')
  const { data: totals } = useQuery({ ...totalsQuery(customer?.id ?? ''), enabled: mayDeals && !!customer })
  if (!customer) return []
  const change = async (body: Parameters<typeof updateCustomer>[1]) => {
    await updateCustomer(customer, body)
    await refresh(customer.id)
  }
  const mark = async (field: string) => {
    const marked = customer.key_facts.includes(field)
    try {
      await (marked ? unmarkFact(customer, field) : markFact(customer, field))
      await refresh(customer.id)
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const mayChange = can('customer', 'update')
  const plain = plainFacts(customer, mayChange ? change : undefined)
  const personal = personalFacts(customer, me, can('customer', 'reveal'))
  const added = customFacts({
    fields,
    custom: customer.custom as Custom,
    recordId: customer.id,
    of: { customer: customer.id },
    me,
    change: mayChange ? change : undefined,
    onReveal: can('customer', 'reveal') ? (field, reason) => reveal(customer.id, field, reason) : undefined,
  })
  const groups = [...factGroups(customer, plain, personal, totals), { title: t('group.custom'), facts: added }]
  if (!mayChange) return groups
  const markable = (fact: Fact): Fact =>
    unmarkable.has(fact.key) || fields.some((field) => field.key === fact.key)
      ? fact
      : { ...fact, onMark: () => void mark(fact.key) }
  return groups.map((group) => ({ ...group, facts: group.facts.map(markable) }))
}

/** What the house knows by itself is nothing one asks a customer about. */
const unmarkable = new Set([
  'kind',
  'department',
  'verified_on',
  'completeness',
  'created_at',
  'id_number',
  'last_deal_on',
  'cooperation_fen',
  'deals',
  'place',
])

function factGroups(
  customer: Customer,
  plain: ReturnType<typeof plainFacts>,
  personal: Fact[],
  totals: Totals | undefined,
): FactGroup[] {
  const marked = (key: string) => customer.key_facts.includes(key)
  return [
    {
      title: t('group.contact'),
      facts: [...personal, plain('address'), ...placeFact(customer), plain('website'), regionFact(customer)],
    },
    {
      title: t('group.basic'),
      facts: [
        { key: 'kind', label: t('field.kind'), value: word('kind', customer.kind) },
        plain('short_name'),
        plain('credit_code'),
        {
          key: 'industry',
          label: t('field.industry'),
          value: word('industry', customer.industry),
          mark: marked('industry'),
        },
        { key: 'source', label: t('field.source'), value: word('source', customer.source), mark: marked('source') },
        { key: 'department', label: t('field.department'), value: customer.department?.name },
      ],
    },
    {
      title: t('group.business'),
      facts: [
        {
          key: 'staff_count',
          label: t('field.staff_count'),
          mark: marked('staff_count'),
          value: customer.staff_count && count(customer.staff_count),
        },
        {
          key: 'annual_revenue_fen',
          label: t('field.annual_revenue_fen'),
          mark: marked('annual_revenue_fen'),
          value: customer.annual_revenue_fen ? money(customer.annual_revenue_fen, true) : null,
        },
        {
          key: 'founded_on',
          label: t('field.founded_on'),
          mark: marked('founded_on'),
          value: customer.founded_on && date(customer.founded_on),
        },
        plain('main_business', true),
        plain('organisation', true),
      ],
    },
    { title: t('group.care'), facts: [plain('core_need', true), plain('preferences', true), plain('notes', true)] },
    {
      title: t('group.cooperation'),
      facts: [
        {
          key: 'cooperation_since',
          label: t('field.cooperation_since'),
          mark: marked('cooperation_since'),
          value: customer.cooperation_since && date(customer.cooperation_since),
        },
        ...dealFacts(totals),
      ],
    },
    {
      title: t('group.archive'),
      facts: [
        { key: 'verified_on', label: t('field.verified_on'), value: customer.verified_on && ago(customer.verified_on) },
        { key: 'completeness', label: t('field.completeness'), value: `${customer.completeness}%` },
        { key: 'created_at', label: t('field.created_at'), value: date(customer.created_at) },
      ],
    },
  ]
}

function dealFacts(totals: Totals | undefined): Fact[] {
  if (!totals?.last_on) return []
  const { orders, contracts, renewals, amount_fen } = totals
  return [
    { key: 'last_deal_on', label: t('field.last_deal_on'), value: date(totals.last_on) },
    ...(typeof amount_fen === 'number'
      ? [{ key: 'cooperation_fen', label: t('field.cooperation_fen'), value: money(amount_fen, true) }]
      : []),
    { key: 'deals', label: t('cooperation.count'), value: t('cooperation.counts', { orders, contracts, renewals }) },
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
  | 'notes'

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

/** Where a person is, is not kept. */
function placeFact(customer: Customer): Fact[] {
  if (customer.kind === 'person') return []
  return [{ key: 'place', label: t('field.place'), value: <PlaceValue customer={customer} /> }]
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
          tel={field === 'phone'}
        />
      ),
    }))
}
