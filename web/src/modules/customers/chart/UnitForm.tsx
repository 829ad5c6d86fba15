import { messageOf } from '@/api'
import { Button, ChoiceField, Form, required, Text, toast, useForm } from '@/ui'
import { addUnit, type ChartUnit, changeUnit, removeUnit, useRefresh } from '../queries'
import { t } from '../words'

type Props = { customerId: string; units: ChartUnit[]; unit?: ChartUnit; onDone: () => void }
type Values = { name: string; parent_id: string | null }

/** A new department, or one that is renamed, put elsewhere or removed. */
export function UnitForm({ customerId, units, unit, onDone }: Props) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { name: unit?.name ?? '', parent_id: unit?.parent_id ?? null },
    check: required<Values>({ name: t('chart.name') }),
    submit: async ({ name, parent_id }, key) => {
      const moved = unit && (unit.parent_id ?? null) !== parent_id
      await (unit
        ? changeUnit(customerId, unit, { name, ...(moved && { parent_id }) })
        : addUnit(customerId, { name, parent_id }, key))
      await refresh(customerId)
      onDone()
    },
  })
  const remove = async (gone: ChartUnit) => {
    try {
      await removeUnit(customerId, gone)
      toast(t('chart.removed', { name: gone.name }))
    } catch (error) {
      toast(messageOf(error))
    }
    onDone()
    await refresh(customerId)
  }
  const others = units.filter((other) => other.id !== unit?.id)
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Text label={t('chart.name')} required autoFocus maxLength={60} {...form.bind('name')} />
      <ChoiceField
        label={t('chart.below')}
        options={others.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.bind('parent_id')}
      />
      {unit && (
        <div>
          <Button size="xs" kind="quiet" icon="trash" onClick={() => void remove(unit)}>
            {t('chart.remove')}
          </Button>
        </div>
      )}
    </Form>
  )
}
