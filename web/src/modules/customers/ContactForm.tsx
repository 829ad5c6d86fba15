import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CustomField, messageOf, restoreRemoved, useCan, useCustomFields, useMe } from '@/api'
import { t as words } from '@/i18n'
import { Area, Button, ChoiceField, Form, Notice, Phone, required, Switch, Text, toast, undoable, useForm } from '@/ui'
import { sendWaiting } from './attachments/FileInput'
import { type Custom, CustomInputs, type CustomValues, customChanged, customInitial } from './custom'
import { Ground, groundFault, usual } from './Ground'
import { attitudeOptions, authorityOptions, calendarOptions, influenceOptions, salutationOptions } from './options'
import {
  type Contact,
  type ContactInput,
  chartQuery,
  contactsQuery,
  createContact,
  type Ground as Given,
  removeContact,
  updateContact,
  useRefresh,
} from './queries'
import { t } from './words'

type Birthday = NonNullable<Contact['birthday']>
type Values = {
  name: string
  salutation: NonNullable<Contact['salutation']> | null
  position: string
  department: string
  unit_id: string | null
  reports_to: string | null
  attitude: NonNullable<Contact['attitude']> | null
  influence: NonNullable<Contact['influence']> | null
  phone: string
  email: string
  wechat: string
  authority: Contact['authority'] | null
  primary: boolean
  left: boolean
  preferences: string
  born: string
  calendar: Birthday['calendar'] | null
  leap: boolean
  custom: CustomValues
  ground?: Given
}

type Plain = Omit<Values, 'custom' | 'ground'>
type Props = { customerId: string; contact?: Contact; onDone: () => void }

export function ContactForm({ customerId, contact, onDone }: Props) {
  const can = useCan()
  const refresh = useRefresh()
  const me = useMe()
  const fields = useCustomFields('contact')
  // A new one that is saved, and whose files are not all sent yet.
  const [made, setMade] = useState<{ contact: Contact; values: Values }>()
  const known = contact ?? made?.contact
  const before = made?.values ?? initial(contact, fields)
  const units = useQuery(chartQuery(customerId)).data ?? []
  const people = useQuery(contactsQuery(customerId)).data ?? []
  const others = people.filter((other) => other.id !== known?.id && !other.left)
  const form = useForm<Values>({
    initial: before,
    check: (values) => ({
      ...required<Values>({ name: t('field.contact_name') })(values),
      ...(!known && groundFault(values.ground) && { ground: groundFault(values.ground) }),
      ...(values.born.trim() && !birthdayOf(values.born) && { born: t('customers.bad_birthday') }),
    }),
    submit: async (values, key) => {
      const custom = customChanged(fields, values.custom, before.custom)
      const body = { ...changes(plain(values), plain(before)), ...(custom && { custom }) }
      let saved = known
        ? await updateContact(known, body)
        : await createContact(customerId, { ...body, basis: values.ground }, key)
      await refresh(customerId)
      if (!contact) {
        let now = values
        setMade({ contact: saved, values: now })
        await sendWaiting(values.custom, { customer: customerId, contact: saved.id }, async (field, file) => {
          saved = await updateContact(saved, { custom: { [field]: file } })
          now = { ...now, custom: { ...now.custom, [field]: file } }
          form.set({ custom: now.custom })
          setMade({ contact: saved, values: now })
        })
        await refresh(customerId)
      }
      toast(words('saved'))
      onDone()
    },
  })
  return (
    <Form
      form={form}
      guard={false}
      onCancel={onDone}
      labels={{ birthday: t('field.birthday'), proof: t('basis.proof') }}
    >
      {made && !form.busy && <Notice tone="warn">{t('attachment.unsent')}</Notice>}
      <div className="two">
        <Text label={t('field.contact_name')} required autoFocus maxLength={40} {...form.bind('name')} />
        <ChoiceField label={t('field.salutation')} options={salutationOptions()} {...form.bind('salutation')} />
        <Text label={t('field.position')} maxLength={60} {...form.bind('position')} />
        {units.length > 0 ? (
          <ChoiceField
            label={t('field.unit_id')}
            options={units.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.bind('unit_id')}
          />
        ) : (
          <Text label={t('field.contact_department')} maxLength={60} {...form.bind('department')} />
        )}
        <Phone label={t('field.phone')} placeholder={contact?.phone?.masked} {...form.bind('phone')} />
        <Text label={t('field.wechat')} placeholder={contact?.wechat?.masked} {...form.bind('wechat')} />
        <Text label={t('field.email')} type="email" placeholder={contact?.email?.masked} {...form.bind('email')} />
        <ChoiceField label={t('field.authority')} options={authorityOptions()} required {...form.bind('authority')} />
        <ChoiceField
          label={t('field.reports_to')}
          options={others.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.bind('reports_to')}
        />
        <ChoiceField label={t('field.attitude')} options={attitudeOptions()} {...form.bind('attitude')} />
        <ChoiceField label={t('field.influence')} options={influenceOptions()} {...form.bind('influence')} />
      </div>
      <div className="row wrap contact-marks">
        <Switch label={t('field.primary')} {...form.bind('primary')} />
        {contact && <Switch label={t('field.left')} {...form.bind('left')} />}
      </div>
      <div>
        <div className="birthday">
          <Text label={t('field.birthday')} placeholder={t('field.birthday_hint')} {...form.bind('born')} />
          <ChoiceField
            label={t('field.birthday_calendar')}
            options={calendarOptions()}
            required
            {...form.bind('calendar')}
          />
        </div>
        {form.values.calendar === 'lunar' && <Switch label={t('field.birthday_leap')} {...form.bind('leap')} />}
      </div>
      <CustomInputs
        form={form}
        fields={fields}
        values={form.values.custom}
        custom={contact?.custom as Custom | undefined}
        me={me}
        of={known && { customer: customerId, contact: known.id }}
      />
      {!known && (
        <div>
          <Ground value={form.values.ground} onChange={(ground) => form.set({ ground })} />
          {form.errors.ground && <p className="late">{form.errors.ground}</p>}
        </div>
      )}
      <Area label={t('field.contact_preferences')} {...form.bind('preferences')} />
      {contact && can('contact', 'delete') && <Remove contact={contact} onDone={onDone} />}
    </Form>
  )
}

/** For somebody entered by mistake; who has left is marked instead. */
function Remove({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const refresh = useRefresh()
  const remove = async () => {
    try {
      await removeContact(contact)
    } catch (error) {
      return toast(messageOf(error))
    }
    onDone()
    await refresh(contact.customer_id)
    undoable(t('customers.contact_removed', { name: contact.name }), () => void restore())
  }
  const restore = async () => {
    try {
      await restoreRemoved(contact.id)
      toast(t('bin.restored', { name: contact.name }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(contact.customer_id)
  }
  return (
    <div>
      <Button size="xs" kind="quiet" icon="trash" onClick={() => void remove()}>
        {words('remove')}
      </Button>
    </div>
  )
}

function initial(contact: Contact | undefined, fields: CustomField[]): Values {
  return {
    name: contact?.name ?? '',
    salutation: contact?.salutation ?? null,
    position: contact?.position ?? '',
    department: contact?.department ?? '',
    unit_id: contact?.unit_id ?? null,
    reports_to: contact?.reports_to ?? null,
    attitude: contact?.attitude ?? null,
    influence: contact?.influence ?? null,
    // Masked values are never sent back: an empty field means unchanged.
    phone: '',
    email: '',
    wechat: '',
    authority: contact?.authority ?? 'none',
    primary: contact?.primary ?? false,
    left: contact?.left ?? false,
    preferences: contact?.preferences ?? '',
    born: birthdayText(contact?.birthday),
    calendar: contact?.birthday?.calendar ?? 'solar',
    leap: contact?.birthday?.leap ?? false,
    custom: customInitial(fields, contact?.custom as Custom | undefined),
    ...(!contact && { ground: usual }),
  }
}

/** 3-15, 3月15日, 1980-3-15, 1980年3月15日: the year need not be known. */
export function birthdayOf(text: string): Pick<Birthday, 'year' | 'month' | 'day'> | undefined {
  const found = /^(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text.trim())
  if (!found) return undefined
  const [year, month, day] = [found[1] && Number(found[1]), Number(found[2]), Number(found[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? { ...(year && { year }), month, day } : undefined
}

function birthdayText(birthday: Contact['birthday']): string {
  return birthday ? [birthday.year, birthday.month, birthday.day].filter(Boolean).join('-') : ''
}

function plain({ custom: _, ground: __, ...rest }: Values): Omit<Values, 'custom' | 'ground'> {
  return rest
}

/** Only what differs. Who decides is asked once, as the authority. */
export function changes(values: Plain, before: Plain): ContactInput {
  const differs = (name: keyof typeof values) => values[name] !== before[name]
  const { born, calendar, leap, ...plain } = values
  const entries: [string, unknown][] = Object.entries(plain)
    .filter(([name]) => differs(name as keyof typeof values))
    .map(([name, value]): [string, unknown] => [name, typeof value === 'string' ? value.trim() || null : value])
  if (differs('authority')) entries.push(['decision_maker', values.authority === 'final'])
  if (differs('born') || differs('calendar') || differs('leap')) {
    const day = birthdayOf(born)
    entries.push([
      'birthday',
      day ? { ...day, calendar: calendar ?? 'solar', leap: calendar === 'lunar' && leap } : null,
    ])
  }
  return Object.fromEntries(entries) as ContactInput
}
