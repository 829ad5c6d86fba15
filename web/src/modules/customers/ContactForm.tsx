import { t as words } from '@/i18n'
import { ChoiceField, Form, Phone, required, Switch, Text, toast, useForm } from '@/ui'
import { t } from './messages'
import { authorityOptions, salutationOptions } from './options'
import { createContact, useRefresh } from './queries'

type Values = {
  name: string
  salutation: string | null
  position: string
  phone: string
  email: string
  authority: string | null
  decision_maker: boolean
}

export function ContactForm({ customerId, onDone }: { customerId: string; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: {
      name: '',
      salutation: null,
      position: '',
      phone: '',
      email: '',
      authority: 'none',
      decision_maker: false,
    },
    check: required<Values>({ name: t('field.contact_name') }),
    submit: async (values, key) => {
      await createContact(customerId, body(values), key)
      await refresh(customerId)
      toast(words('saved'))
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <div className="two">
        <Text label={t('field.contact_name')} required autoFocus maxLength={40} {...form.bind('name')} />
        <ChoiceField label={t('field.salutation')} options={salutationOptions()} {...form.bind('salutation')} />
        <Text label={t('field.position')} maxLength={60} {...form.bind('position')} />
        <Phone label={t('field.phone')} {...form.bind('phone')} />
        <Text label={t('field.email')} type="email" {...form.bind('email')} />
        <ChoiceField label={t('field.authority')} options={authorityOptions()} required {...form.bind('authority')} />
      </div>
      <Switch label={t('field.decision_maker')} {...form.bind('decision_maker')} />
    </Form>
  )
}

function body(values: Values) {
  return {
    name: values.name.trim(),
    salutation: values.salutation as 'mr' | 'ms' | null,
    position: values.position.trim() || null,
    phone: values.phone || null,
    email: values.email.trim() || null,
    authority: (values.authority ?? 'none') as 'final' | 'influencer' | 'user' | 'none',
    decision_maker: values.decision_maker,
  }
}
