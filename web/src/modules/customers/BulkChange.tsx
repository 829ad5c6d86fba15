/** One change for many customers: each is its own request with its own version, and failures are counted, not hidden. */
import { messageOf } from '@/api'
import { ChoiceField, Form, Person, required, Text, toast, useForm } from '@/ui'
import { t } from './messages'
import { gradeOptions } from './options'
import { type Customer, setGrade, setOwner, useRefresh } from './queries'

type Props = { rows: Customer[]; onDone: () => void }
type Values = { target: string | null; reason: string }

function useBulk(
  { rows, onDone }: Props,
  label: string,
  change: (row: Customer, target: string, reason: string) => Promise<unknown>,
) {
  const refresh = useRefresh()
  return useForm<Values>({
    initial: { target: null, reason: '' },
    check: required<Values>({ target: label, reason: t('customers.reason') }),
    submit: async ({ target, reason }) => {
      const results = await Promise.allSettled(rows.map((row) => change(row, target ?? '', reason)))
      const failures = results.filter((result) => result.status === 'rejected')
      await refresh()
      const done = results.length - failures.length
      toast(
        failures[0]
          ? t('customers.changed_some', { done, failed: failures.length, why: messageOf(failures[0].reason) })
          : t('customers.changed_n', { n: done }),
      )
      onDone()
    },
  })
}

export function BulkGrade(props: Props) {
  const form = useBulk(props, t('field.grade'), setGrade)
  return (
    <Form form={form} guard={false}>
      <ChoiceField label={t('field.grade')} options={gradeOptions()} required autoFocus {...form.bind('target')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

export function BulkOwner(props: Props) {
  const form = useBulk(props, t('field.owner'), setOwner)
  return (
    <Form form={form} guard={false}>
      <Person label={t('field.owner')} required autoFocus {...form.bind('target')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}
