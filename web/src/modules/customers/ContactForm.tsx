import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import {
  Area,
  Button,
  ChoiceField,
  FieldGroup,
  Form,
  NumberField,
  Phone,
  required,
  Switch,
  Text,
  toast,
  useForm,
} from '@/ui'
import { authorityOptions, calendarOptions, salutationOptions } from './options'
import { type Contact, type ContactInput, createContact, removeContact, updateContact, useRefresh } from './queries'
import { t } from './words'

type Birthday = NonNullable<Contact['birthday']>
type Values = {
  name: string
  salutation: NonNullable<Contact['salutation']> | null
  position: string
  department: string
  phone: string
  email: string
  wechat: string
  authority: Contact['authority'] | null
  decision_maker: boolean
  primary: boolean
  left: boolean
  preferences: string
  birthday: Partial<Birthday> & { calendar: Birthday['calendar'] }
}

type Props = { customerId: string; contact?: Contact; onDone: () => void }

export function ContactForm({ customerId, contact, onDone }: Props) {
  const can = useCan()
  const refresh = useRefresh()
  const before = initial(contact)
  const form = useForm<Values>({
    initial: before,
    check: required<Values>({ name: t('field.contact_name') }),
    submit: async (values, key) => {
      const body = changes(values, before)
      await (contact ? updateContact(contact, body) : createContact(customerId, body, key))
      await refresh(customerId)
      toast(words('saved'))
      onDone()
    },
  })
  const { birthday } = form.values
  const born = (change: Partial<Birthday>) => form.set({ birthday: { ...birthday, ...change } })
  return (
    <Form form={form} guard={false} onCancel={onDone} labels={{ birthday: t('field.birthday') }}>
      <div className="two">
        <Text label={t('field.contact_name')} required autoFocus maxLength={40} {...form.bind('name')} />
        <ChoiceField label={t('field.salutation')} options={salutationOptions()} {...form.bind('salutation')} />
        <Text label={t('field.position')} maxLength={60} {...form.bind('position')} />
        <Text label={t('field.contact_department')} maxLength={60} {...form.bind('department')} />
        <Phone label={t('field.phone')} placeholder={contact?.phone?.masked} {...form.bind('phone')} />
        <Text label={t('field.wechat')} placeholder={contact?.wechat?.masked} {...form.bind('wechat')} />
        <Text label={t('field.email')} type="email" placeholder={contact?.email?.masked} {...form.bind('email')} />
        <ChoiceField label={t('field.authority')} options={authorityOptions()} required {...form.bind('authority')} />
      </div>
      <div className="row wrap contact-marks">
        <Switch label={t('field.decision_maker')} {...form.bind('decision_maker')} />
        <Switch label={t('field.primary')} {...form.bind('primary')} />
        {contact && <Switch label={t('field.left')} {...form.bind('left')} />}
      </div>
      <FieldGroup title={t('field.birthday')}>
        <div className="birthday">
          <ChoiceField
            label={t('field.birthday_calendar')}
            options={calendarOptions()}
            required
            value={birthday.calendar}
            onChange={(calendar) => born({ calendar: calendar ?? 'solar' })}
          />
          <NumberField
            label={t('field.birthday_month')}
            min={1}
            max={12}
            value={birthday.month ?? null}
            onChange={(month) => born({ month: month ?? undefined })}
          />
          <NumberField
            label={t('field.birthday_day')}
            min={1}
            max={31}
            value={birthday.day ?? null}
            onChange={(day) => born({ day: day ?? undefined })}
          />
          <Text
            label={t('field.birthday_year')}
            maxLength={4}
            value={birthday.year ? String(birthday.year) : ''}
            onChange={(year) => born({ year: Number.parseInt(year, 10) || undefined })}
          />
        </div>
        {birthday.calendar === 'lunar' && (
          <Switch label={t('field.birthday_leap')} value={birthday.leap ?? false} onChange={(leap) => born({ leap })} />
        )}
      </FieldGroup>
      <Area label={t('field.contact_preferences')} {...form.bind('preferences')} />
      {contact && can('contact', 'delete') && <Remove contact={contact} onDone={onDone} />}
    </Form>
  )
}

/** For somebody entered by mistake; who has left is marked instead. */
function Remove({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const refresh = useRefresh()
  // The one act here that cannot be undone: it asks twice.
  const [sure, setSure] = useState(false)
  const remove = async () => {
    if (!sure) return setSure(true)
    try {
      await removeContact(contact)
    } catch (error) {
      return toast(messageOf(error))
    }
    onDone()
    await refresh(contact.customer_id)
    toast(t('customers.contact_removed', { name: contact.name }))
  }
  return (
    <div>
      <Button size="xs" kind={sure ? 'danger' : 'quiet'} icon="trash" onClick={() => void remove()}>
        {sure ? t('customers.contact_remove_sure', { name: contact.name }) : words('remove')}
      </Button>
    </div>
  )
}

function initial(contact: Contact | undefined): Values {
  return {
    name: contact?.name ?? '',
    salutation: contact?.salutation ?? null,
    position: contact?.position ?? '',
    department: contact?.department ?? '',
    // Masked values are never sent back: an empty field means unchanged.
    phone: '',
    email: '',
    wechat: '',
    authority: contact?.authority ?? 'none',
    decision_maker: contact?.decision_maker ?? false,
    primary: contact?.primary ?? false,
    left: contact?.left ?? false,
    preferences: contact?.preferences ?? '',
    birthday: contact?.birthday ?? { calendar: 'solar' },
  }
}

/** Only what differs; half a birthday is none. */
export function changes(values: Values, before: Values): ContactInput {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    if (JSON.stringify(value) === JSON.stringify(before[name as keyof Values])) return []
    if (name === 'birthday') {
      const { month, day } = value as Values['birthday']
      return [[name, month && day ? value : null]]
    }
    return [[name, typeof value === 'string' ? value.trim() || null : value]]
  })
  return Object.fromEntries(entries) as ContactInput
}
