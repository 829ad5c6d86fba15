/** Another grade for a customer: set by who may, else proposed to whoever leads the department. */
import { useState } from 'react'
import { useMe } from '@/api'
import { ChoiceField, Form, required, Segmented, Text, toast, useForm } from '@/ui'
import { gradeOptions } from '../options'
import { type Customer, type Grade, proposeGrade, setGrade, useRefresh } from '../queries'
import { t } from '../words'

type Values = { grade: Grade | null; reason: string }
type Way = 'set' | 'propose'

export function GradePanel({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const me = useMe()
  const refresh = useRefresh()
  const maySet = (me?.fields['customer.grade'] ?? 'edit') === 'edit'
  const [way, setWay] = useState<Way>(maySet ? 'set' : 'propose')
  const form = useForm<Values>({
    initial: { grade: customer.grade, reason: '' },
    check: required<Values>({ grade: t('field.grade'), reason: t('customers.reason') }),
    submit: async ({ grade, reason }, key) => {
      const wanted = grade ?? customer.grade
      if (way === 'set') {
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
  const ways = (['set', 'propose'] as const).map((value) => ({ value, label: t(`proposal.way.${value}`) }))
  return (
    <Form form={form} guard={false} onCancel={onDone} submitLabel={way === 'propose' ? t('proposal.send') : undefined}>
      {maySet && <Segmented<Way> aria-label={t('proposal.way')} options={ways} value={way} onChange={setWay} />}
      <ChoiceField label={t('field.grade')} options={gradeOptions()} required autoFocus {...form.bind('grade')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}
