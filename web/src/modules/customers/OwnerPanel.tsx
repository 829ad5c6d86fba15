/** Hands one customer over to a colleague. */
import { Form, Person, required, Text, toast, useForm } from '@/ui'
import { type Customer, setOwner, useRefresh } from './queries'
import { t } from './words'

type Values = { owner: string | null; reason: string }

export function OwnerPanel({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { owner: customer.owner?.id ?? null, reason: '' },
    check: required<Values>({ owner: t('field.owner'), reason: t('customers.reason') }),
    submit: async ({ owner, reason }) => {
      await setOwner(customer, owner ?? '', reason.trim())
      toast(t('customers.changed_n', { n: 1 }))
      await refresh()
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Person
        label={t('field.owner')}
        required
        autoFocus
        current={customer.owner ?? undefined}
        {...form.bind('owner')}
      />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}
