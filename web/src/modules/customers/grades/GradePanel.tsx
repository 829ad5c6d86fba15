/** Another grade for a customer: set by who may, else proposed to whoever leads the department. */
import { ChoiceField, Form, Notice, required, Text, toast, useForm } from '@/ui'
import { gradeOptions } from '../options'
import { type Customer, type Grade, proposeGrade, setGrade, useRefresh } from '../queries'
import { t } from '../words'
import { useMaySetGrade } from './maySet'

type Values = { grade: Grade | null; reason: string }

export function GradePanel({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const refresh = useRefresh()
  const maySet = useMaySetGrade()
  const form = useForm<Values>({
    initial: { grade: customer.grade, reason: '' },
    check: required<Values>({ grade: t('field.grade'), reason: t('customers.reason') }),
    submit: async ({ grade, reason }, key) => {
      const wanted = grade ?? customer.grade
      if (maySet) {
        await setGrade(customer, wanted, reason.trim())
        toast(t('customers.changed_n', { n: 1 }))
      } else {
        const { approver } = await proposeGrade(customer.id, wanted, reason.trim(), key)
        toast(t('proposal.sent', { name: approver.name }))
      }
      await refresh(customer.id)
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone} submitLabel={maySet ? undefined : t('proposal.send')}>
      {!maySet && <Notice>{t('proposal.why')}</Notice>}
      <ChoiceField label={t('field.grade')} options={gradeOptions()} required autoFocus {...form.bind('grade')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}
