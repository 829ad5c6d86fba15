/** What is to be done to many customers. */
import { useState } from 'react'
import { customLabel, fieldAccess, isSealed, messageOf, useCustomFields, useMe } from '@/api'
import {
  Area,
  Button,
  ChoiceField,
  DateField,
  Department,
  type FieldProps,
  Form,
  Money,
  Notice,
  NumberField,
  Person,
  Region,
  required,
  Segmented,
  Tags,
  Text,
  useForm,
} from '@/ui'
import { CustomInput, customBlank, customSent } from '../custom'
import { gradeOptions, industryOptions, kindOptions, sourceOptions } from '../options'
import type { Grade } from '../queries'
import { t } from '../words'
import type { Act } from './queries'

export type ActKind = 'owner' | 'tags' | 'grade' | 'edit' | 'remove'
type Props = { kind: ActKind; onLook: (act: Act) => Promise<void>; onCancel: () => void }
type FormProps = Omit<Props, 'kind'>

export function ActForm({ kind, ...props }: Props) {
  if (kind === 'owner') return <OwnerForm {...props} />
  if (kind === 'tags') return <TagsForm {...props} />
  if (kind === 'grade') return <GradeForm {...props} />
  return <EditForm {...props} />
}

const look = () => t('bulk.look')

type OwnerValues = { owner_id: string | null; department_id: string | null; reason: string }

function OwnerForm({ onLook, onCancel }: FormProps) {
  const [to, setTo] = useState<'person' | 'department'>('person')
  const form = useForm<OwnerValues>({
    initial: { owner_id: null, department_id: null, reason: '' },
    check: (values) =>
      required<OwnerValues>(
        to === 'person'
          ? { owner_id: t('field.owner'), reason: t('customers.reason') }
          : { department_id: t('field.department'), reason: t('customers.reason') },
      )(values),
    submit: ({ owner_id, department_id, reason }) =>
      onLook(
        to === 'person'
          ? { act: 'owner', owner_id: owner_id ?? '', reason: reason.trim() }
          : { act: 'department', department_id: department_id ?? '', reason: reason.trim() },
      ),
  })
  const ways = (['person', 'department'] as const).map((value) => ({ value, label: t(`bulk.to.${value}`) }))
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={look()}>
      <Segmented aria-label={t('bulk.to')} options={ways} value={to} onChange={setTo} />
      {to === 'person' ? (
        <Person label={t('field.owner')} required autoFocus {...form.bind('owner_id')} />
      ) : (
        <Department
          label={t('field.department')}
          hint={t('bulk.department_hint')}
          required
          {...form.bind('department_id')}
        />
      )}
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

function TagsForm({ onLook, onCancel }: FormProps) {
  const form = useForm<{ add: string[]; remove: string[] }>({
    initial: { add: [], remove: [] },
    check: ({ add, remove }) => (add.length + remove.length === 0 ? { add: t('bulk.no_tags') } : {}),
    submit: ({ add, remove }) => onLook({ act: 'tags', add, remove }),
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={look()}>
      <Tags label={t('customers.tags_added')} autoFocus {...form.bind('add')} />
      <Tags label={t('customers.tags_removed')} {...form.bind('remove')} />
    </Form>
  )
}

function GradeForm({ onLook, onCancel }: FormProps) {
  const form = useForm<{ grade: Grade | null; reason: string }>({
    initial: { grade: null, reason: '' },
    check: required({ grade: t('field.grade'), reason: t('customers.reason') }),
    submit: ({ grade, reason }) => onLook({ act: 'grade', grade: grade ?? 'ordinary', reason: reason.trim() }),
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={look()}>
      <ChoiceField label={t('field.grade')} options={gradeOptions()} required autoFocus {...form.bind('grade')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

/** Fields of which many customers can have the same value. */
const FIELDS = [
  'industry',
  'region',
  'source',
  'kind',
  'address',
  'website',
  'staff_count',
  'annual_revenue_fen',
  'founded_on',
  'cooperation_since',
  'main_business',
  'organisation',
  'preferences',
  'core_need',
  'notes',
] as const
type Field = (typeof FIELDS)[number]

type EditValues = { field: string | null; value: unknown }

function EditForm({ onLook, onCancel }: FormProps) {
  const me = useMe()
  const added = useCustomFields('customer').filter((field) => !isSealed(field) && field.kind !== 'file')
  const may = (field: string) => fieldAccess(me, `customer.${field}`) === 'edit'
  const options = [
    ...FIELDS.filter(may).map((value) => ({ value: value as string, label: t(`field.${value}`) })),
    ...added.filter(({ key }) => may(key)).map((field) => ({ value: field.key, label: customLabel(field) })),
  ]
  const form = useForm<EditValues>({
    initial: { field: null, value: null },
    check: required<EditValues>({ field: t('bulk.field') }),
    submit: ({ field, value }) => {
      const own = added.find(({ key }) => key === field)
      const empty = typeof value === 'string' && value.trim() === '' ? null : value
      const fields = own ? { custom: { [own.key]: customSent(own, value) } } : { [field ?? '']: empty }
      return onLook({ act: 'edit', fields })
    },
  })
  const chosen = form.values.field
  const own = added.find(({ key }) => key === chosen)
  // The server names the field itself; the error stands where the value is typed.
  const error = chosen ? (form.errors[chosen] ?? form.errors.value) : undefined
  const props = { ...form.bind('value'), label: t('bulk.value'), hint: t('bulk.value_hint'), error }
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={look()}>
      <ChoiceField
        label={t('bulk.field')}
        options={options}
        required
        autoFocus
        value={chosen}
        onChange={(field) => {
          const next = added.find(({ key }) => key === field)
          form.set({ field, value: next ? customBlank(next) : null })
        }}
        error={form.errors.field}
      />
      {own && <CustomInput key={own.key} field={own} {...props} />}
      {chosen && !own && <OwnInput key={chosen} field={chosen as Field} {...props} />}
    </Form>
  )
}

/** The input that fits a field that came with the product. */
function OwnInput({ field, ...rest }: { field: Field } & FieldProps<unknown>) {
  const props = rest as unknown
  const choice = props as FieldProps<string | null>
  switch (field) {
    case 'kind':
      return <ChoiceField {...choice} options={kindOptions()} required />
    case 'industry':
      return <ChoiceField {...choice} options={industryOptions()} clearable />
    case 'source':
      return <ChoiceField {...choice} options={sourceOptions()} clearable />
    case 'region':
      return <Region {...choice} />
    case 'staff_count':
      return <NumberField {...(props as FieldProps<number | null>)} min={0} />
    case 'annual_revenue_fen':
      return <Money {...(props as FieldProps<number | null>)} />
    case 'founded_on':
    case 'cooperation_since':
      return <DateField {...choice} />
    default:
      return <Area {...(props as FieldProps<string>)} value={String(rest.value ?? '')} />
  }
}

/** Nothing to choose: what it means is shown at once. */
export function Removal({ onLook }: { onLook: (act: Act) => Promise<void> }) {
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const go = async () => {
    setBusy(true)
    try {
      await onLook({ act: 'remove' })
    } catch (problem) {
      setError(messageOf(problem))
      setBusy(false)
    }
  }
  return (
    <div className="stack">
      <p>{t('bulk.remove_why')}</p>
      {error && <Notice tone="bad">{error}</Notice>}
      <div className="form-foot">
        <Button kind="primary" autoFocus busy={busy} onClick={() => void go()}>
          {look()}
        </Button>
      </div>
    </div>
  )
}
