import { useEffect, useState } from 'react'
import { type CustomField, fieldAccess, Problem, useCustomFields, useMe } from '@/api'
import {
  Area,
  ChoiceField,
  DateField,
  FieldGroup,
  Form,
  Link,
  Money,
  Notice,
  NumberField,
  Person,
  Phone,
  Region,
  required,
  Segmented,
  Switch,
  Tags,
  Text,
  useForm,
} from '@/ui'
import { sendWaiting } from './attachments/FileInput'
import { type Custom, CustomInputs, type CustomValues, customChanged, customInitial } from './custom'
import { Ground, groundFault, usual } from './Ground'
import { useMaySetGrade } from './grades/maySet'
import { gradeOptions, industryOptions, kindOptions, sourceOptions } from './options'
import {
  type Customer,
  type CustomerInput,
  createCustomer,
  type Duplicate,
  findDuplicates,
  type Ground as Given,
  updateCustomer,
  useRefresh,
} from './queries'
import { t } from './words'

type Values = {
  kind: 'company' | 'person'
  name: string
  short_name: string
  credit_code: string
  industry: string | null
  region: string | null
  address: string
  website: string
  phone: string
  email: string
  staff_count: number | null
  annual_revenue_fen: number | null
  founded_on: string | null
  main_business: string
  source: string | null
  tags: string[]
  grade: 'vip' | 'key' | 'ordinary' | null
  owner_id: string | null
  cooperation_since: string | null
  preferences: string
  core_need: string
  notes: string
  custom: CustomValues
  ground: Given | undefined
  allow_duplicate: boolean
  duplicate_reason: string
}

type Props = { customer?: Customer; onDone: (customer: Customer) => void; onCancel?: () => void }

export function CustomerForm({ customer, onDone, onCancel }: Props) {
  const me = useMe()
  const maySetGrade = useMaySetGrade()
  const refresh = useRefresh()
  const fields = useCustomFields('customer')
  const [refused, setRefused] = useState(false)
  // A new one that is saved, and whose files are not all sent yet.
  const [made, setMade] = useState<{ customer: Customer; values: Values }>()
  const known = customer ?? made?.customer
  const form = useForm<Values>({
    initial: initial(customer, me?.id, fields),
    check: (values) => ({
      ...required<Values>({ name: t('field.name') })(values),
      ...(!customer &&
        values.kind === 'person' &&
        groundFault(values.ground) && { ground: groundFault(values.ground) }),
    }),
    submit: async (values, key) => {
      const { allow_duplicate, duplicate_reason, custom, ground, ...archive } = values
      const before = made?.values ?? initial(customer, me?.id, fields)
      const added = customChanged(fields, custom, before.custom)
      const body = {
        ...changed(archive, before, known === undefined),
        ...(added && { custom: added }),
        ...(!known && values.kind === 'person' && { basis: ground }),
      }
      let saved = known
        ? await updateCustomer(known, body)
        : await createCustomer(allow_duplicate ? { ...body, allow_duplicate, duplicate_reason } : body, key).catch(warn)
      await refresh(saved.id)
      if (!customer) {
        let now = values
        setMade({ customer: saved, values: now })
        await sendWaiting(custom, { customer: saved.id }, async (field, file) => {
          saved = await updateCustomer(saved, { custom: { [field]: file } })
          now = { ...now, custom: { ...now.custom, [field]: file } }
          form.set({ custom: now.custom })
          setMade({ customer: saved, values: now })
        })
        await refresh(saved.id)
      }
      onDone(saved)
    },
  })
  const warn = (error: unknown): never => {
    if (error instanceof Problem && error.code === 'customer.duplicate') setRefused(true)
    throw error
  }
  const duplicates = useDuplicates(known ? undefined : form.values)
  const company = form.values.kind === 'company'
  const shown = (field: string) => fieldAccess(me, `customer.${field}`) !== 'hidden'
  return (
    <Form form={form} onCancel={onCancel} labels={labels()}>
      <Segmented
        label={t('field.kind')}
        options={kindOptions() as { value: 'company' | 'person'; label: string }[]}
        {...form.bind('kind')}
      />
      <Duplicates found={duplicates} />
      {made && !form.busy && <Notice tone="warn">{t('attachment.unsent')}</Notice>}
      {refused && !known && (
        <>
          <Switch label={t('customers.allow_duplicate')} {...form.bind('allow_duplicate')} />
          {form.values.allow_duplicate && (
            <Text label={t('customers.duplicate_reason')} required maxLength={200} {...form.bind('duplicate_reason')} />
          )}
        </>
      )}
      <FieldGroup title={t('group.basic')}>
        <div className="two">
          <Text label={t('field.name')} required autoFocus maxLength={120} {...form.bind('name')} />
          {company && <Text label={t('field.credit_code')} maxLength={18} {...form.bind('credit_code')} />}
          {shown('phone') && (
            <Phone label={t('field.phone')} placeholder={customer?.phone?.masked} {...form.bind('phone')} />
          )}
          {shown('email') && (
            <Text label={t('field.email')} type="email" placeholder={customer?.email?.masked} {...form.bind('email')} />
          )}
        </div>
        <div className="two">
          <Text label={t('field.short_name')} maxLength={40} {...form.bind('short_name')} />
          <ChoiceField label={t('field.industry')} options={industryOptions()} {...form.bind('industry')} />
          <Region label={t('field.region')} {...form.bind('region')} />
          <Text label={t('field.address')} maxLength={200} {...form.bind('address')} />
          <ChoiceField label={t('field.source')} options={sourceOptions()} {...form.bind('source')} />
          {company && <Text label={t('field.website')} type="url" maxLength={200} {...form.bind('website')} />}
        </div>
      </FieldGroup>
      <FieldGroup title={t('group.archive')}>
        <div className="two">
          {!known && maySetGrade && (
            <ChoiceField
              label={t('field.grade')}
              options={gradeOptions() as { value: 'vip'; label: string }[]}
              required
              {...form.bind('grade')}
            />
          )}
          {!known && <Person label={t('field.owner')} current={me} {...form.bind('owner_id')} />}
          {shown('cooperation_since') && (
            <DateField label={t('field.cooperation_since')} {...form.bind('cooperation_since')} />
          )}
          <Tags label={t('field.tags')} {...form.bind('tags')} />
        </div>
      </FieldGroup>
      {!known && !company && (
        <div>
          <Ground value={form.values.ground} onChange={(ground) => form.set({ ground })} />
          {form.errors.ground && <p className="late">{form.errors.ground}</p>}
        </div>
      )}
      {company && (
        <FieldGroup title={t('group.business')}>
          <div className="two">
            <NumberField label={t('field.staff_count')} min={0} {...form.bind('staff_count')} />
            <Money label={t('field.annual_revenue_fen')} {...form.bind('annual_revenue_fen')} />
            <DateField label={t('field.founded_on')} {...form.bind('founded_on')} />
            <Text label={t('field.main_business')} maxLength={200} {...form.bind('main_business')} />
          </div>
        </FieldGroup>
      )}
      {fields.length > 0 && (
        <FieldGroup title={t('group.custom')}>
          <CustomInputs
            form={form}
            fields={fields}
            values={form.values.custom}
            custom={customer?.custom as Custom | undefined}
            me={me}
            of={known && { customer: known.id }}
          />
        </FieldGroup>
      )}
      <FieldGroup title={t('group.care')}>
        <Area label={t('field.core_need')} {...form.bind('core_need')} />
        <Area label={t('field.preferences')} {...form.bind('preferences')} />
        <Area label={t('field.notes')} {...form.bind('notes')} />
      </FieldGroup>
    </Form>
  )
}

/** Looks while one types, a moment after the last letter. A hint only: at saving the server looks again. */
function useDuplicates(values: Values | undefined): Duplicate[] {
  const [found, setFound] = useState<Duplicate[]>([])
  const { name = '', credit_code = '', phone = '', email = '' } = values ?? {}
  useEffect(() => {
    if (name.trim().length < 2 && credit_code.trim().length < 15 && phone.trim().length < 7) return setFound([])
    const abort = new AbortController()
    const timer = setTimeout(() => {
      const probe = {
        name,
        credit_code: credit_code || undefined,
        phone: phone || undefined,
        email: email || undefined,
      }
      findDuplicates(probe, abort.signal).then(setFound, () => undefined)
    }, 300)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [name, credit_code, phone, email])
  return found
}

function Duplicates({ found }: { found: Duplicate[] }) {
  if (found.length === 0) return null
  return (
    <Notice>
      <b>{t('customers.duplicate')}</b>
      <ul>
        {found.map((duplicate, at) => (
          <li key={duplicate.id ?? at}>
            {duplicate.visible ? (
              <>
                <Link to={`/customers/${duplicate.id}`}>{duplicate.name}</Link> {duplicate.number}{' '}
                {duplicate.owner?.name}
              </>
            ) : (
              t('customers.duplicate_hidden')
            )}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

function initial(customer: Customer | undefined, owner: string | undefined, fields: CustomField[]): Values {
  return {
    kind: customer?.kind ?? 'company',
    name: customer?.name ?? '',
    short_name: customer?.short_name ?? '',
    credit_code: customer?.credit_code ?? '',
    industry: customer?.industry ?? null,
    region: customer?.region ?? null,
    address: customer?.address ?? '',
    website: customer?.website ?? '',
    // Masked values are never sent back: an empty field means unchanged.
    phone: '',
    email: '',
    staff_count: customer?.staff_count ?? null,
    annual_revenue_fen: customer?.annual_revenue_fen ?? null,
    founded_on: customer?.founded_on ?? null,
    main_business: customer?.main_business ?? '',
    source: customer?.source ?? null,
    tags: customer?.tags ?? [],
    grade: customer?.grade ?? 'ordinary',
    owner_id: customer?.owner?.id ?? owner ?? null,
    cooperation_since: customer?.cooperation_since ?? null,
    preferences: customer?.preferences ?? '',
    core_need: customer?.core_need ?? '',
    notes: customer?.notes ?? '',
    custom: customInitial(fields, customer?.custom as Custom | undefined),
    ground: usual,
    allow_duplicate: false,
    duplicate_reason: '',
  }
}

type Archive = Omit<Values, 'allow_duplicate' | 'duplicate_reason' | 'custom' | 'ground'>

/** A change sends only what was changed; a new record leaves out what is empty. */
export function changed(values: Archive, before: Archive, all: boolean): CustomerInput {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const clean = typeof value === 'string' ? value.trim() || null : value
    const same = JSON.stringify(value) === JSON.stringify(before[name as keyof Archive])
    return (all ? clean !== null : !same) ? [[name, clean]] : []
  })
  return Object.fromEntries(entries) as CustomerInput
}

function labels(): Record<string, string> {
  return {
    name: t('field.name'),
    credit_code: t('field.credit_code'),
    phone: t('field.phone'),
    email: t('field.email'),
    owner_id: t('field.owner_id'),
    proof: t('basis.proof'),
  }
}
