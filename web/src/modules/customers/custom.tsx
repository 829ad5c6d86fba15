/** Fields that the company has added, in forms, records and lists: one place that knows what each kind looks like. */
import { useMemo } from 'react'
import {
  type CustomField,
  choiceLabel,
  customLabel,
  fieldAccess,
  isSealed,
  type Me,
  useCustomFields,
  useMe,
} from '@/api'
import { count, date, locale, money } from '@/i18n'
import {
  Area,
  ChoiceField,
  type Column,
  DateField,
  editable,
  type Fact,
  type FieldKind,
  type FieldProps,
  type FormState,
  Masked,
  Money,
  MultiChoice,
  NumberField,
  Person,
  Text,
} from '@/ui'

import { FileInput, type FilePlace, type HeldFile } from './attachments/FileInput'
import { fileHref } from './attachments/upload'

/** What the server tells of added fields, by their keys. */
export type Custom = Record<string, unknown>
/** What a form holds of them: texts, numbers, ids of choices as words, nothing. */
export type CustomValues = Record<string, unknown>

type Named = { id: string; name: string }
type Revealed = Promise<{ value: string; until: string }>

export const isMasked = (value: unknown): value is { masked: string } =>
  typeof value === 'object' && value !== null && 'masked' in value

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** A value in words: choices by their labels. */
export function customText(field: CustomField, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (isMasked(value)) return value.masked
  switch (field.kind) {
    case 'number':
      return count(Number(value), 4)
    case 'money':
      return money(Number(value))
    case 'date':
      return date(String(value))
    case 'choice':
    case 'multi':
      return list(value)
        .map((id) => field.choices.find((choice) => choice.id === id))
        .map((choice) => (choice ? choiceLabel(choice) : ''))
        .join(locale() === 'zh' ? '、' : ', ')
    case 'person':
    case 'file':
      return (value as Named).name
    default:
      return String(value)
  }
}

/** Choices that may be given now, and the one that stands there already. */
function options(field: CustomField, held: readonly string[] = []) {
  return field.choices
    .filter((choice) => !choice.retired || held.includes(String(choice.id)))
    .map((choice) => ({ value: String(choice.id), label: choiceLabel(choice) }))
}

/** What a form starts with. Masked values are never sent back: an empty field means unchanged. */
export function customInitial(fields: CustomField[], custom: Custom = {}): CustomValues {
  return Object.fromEntries(fields.map((field) => [field.key, formValue(field, custom[field.key])]))
}

/** What the input of a field starts with where nothing stands. */
export const customBlank = (field: CustomField): unknown => formValue(field, undefined)

function formValue(field: CustomField, value: unknown): unknown {
  const held = isMasked(value) ? undefined : value
  switch (field.kind) {
    case 'text':
      return held ?? ''
    case 'choice':
      return held === undefined ? null : String(held)
    case 'multi':
      return list(held).map(String)
    case 'person':
      return held === undefined ? null : (held as Named).id
    default:
      return held ?? null
  }
}

/** As the server takes it. */
export function customSent(field: CustomField, value: unknown): unknown {
  if (field.kind === 'text') return String(value).trim() || null
  if (field.kind === 'choice') return value === null ? null : Number(value)
  if (field.kind === 'multi') return list(value).map(Number)
  return value
}

/** Only what was changed; nothing when nothing was. A file that waits for its record is sent after it. */
export function customChanged(fields: CustomField[], values: CustomValues, before: CustomValues): Custom | undefined {
  const entries = fields
    .filter(({ key }) => key in values && !(values[key] instanceof File))
    .filter(({ key }) => JSON.stringify(values[key]) !== JSON.stringify(before[key]))
    .map((field): [string, unknown] => [field.key, customSent(field, values[field.key])])
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

type InputProps = { field: CustomField; held?: unknown; of?: FilePlace } & FieldProps<unknown>

/** The input that fits the kind. */
export function CustomInput({ field, held, of, ...rest }: InputProps) {
  const props = rest as unknown
  const ids = list(isMasked(held) ? undefined : held).map(String)
  switch (field.kind) {
    case 'number':
      return <NumberField {...(props as FieldProps<number | null>)} decimals={4} />
    case 'money':
      return <Money {...(props as FieldProps<number | null>)} />
    case 'date':
      return <DateField {...(props as FieldProps<string | null>)} />
    case 'choice':
      return <ChoiceField {...(props as FieldProps<string | null>)} options={options(field, ids)} clearable />
    case 'multi':
      return <MultiChoice {...(props as FieldProps<string[]>)} options={options(field, ids)} />
    case 'person':
      return (
        <Person
          {...(props as FieldProps<string | null>)}
          current={isMasked(held) ? undefined : (held as Named | undefined)}
        />
      )
    case 'file':
      return <FileInput {...(props as FieldProps<HeldFile | File | null>)} of={of} field={field.key} />
    default:
      return <Text {...(props as FieldProps<string>)} maxLength={2000} />
  }
}

type FieldsProps<T> = {
  form: FormState<T>
  fields: CustomField[]
  values: CustomValues
  custom?: Custom
  me: Me | undefined
  /** The record, where it is there already: files hang on it, and wait for it until then. */
  of?: FilePlace
}

/** The added fields of a form. Their values lie in the form's `custom`; errors come under their keys. */
export function CustomInputs<T extends { custom: CustomValues }>({
  form,
  fields,
  values,
  custom,
  me,
  of,
}: FieldsProps<T>) {
  const shown = fields.filter((field) => mayFill(me, field))
  return (
    <div className="two">
      {shown.map((field) => {
        const held = custom?.[field.key]
        return (
          <CustomInput
            key={field.key}
            field={field}
            held={held}
            of={of}
            name={field.key}
            label={customLabel(field)}
            hint={field.help ?? undefined}
            required={field.required}
            placeholder={isMasked(held) ? held.masked : undefined}
            value={values[field.key] ?? formValue(field, undefined)}
            error={form.errors[field.key]}
            onChange={(value) => form.set({ custom: { ...values, [field.key]: value } } as unknown as Partial<T>)}
          />
        )
      })}
    </div>
  )
}

export function mayFill(me: Me | undefined, field: CustomField): boolean {
  const access = fieldAccess(me, `${field.entity}.${field.key}`)
  return isSealed(field) ? access !== 'hidden' : access === 'edit'
}

type FactsOf = {
  fields: CustomField[]
  custom: Custom
  recordId: string
  /** Where its files hang. */
  of: FilePlace
  me: Me | undefined
  change?: (body: { custom: Custom }) => Promise<unknown>
  onReveal?: (field: string, reason: string) => Revealed
}

/** The added fields among the facts of a record, each corrected in place. */
export function customFacts({ fields, custom, recordId, of, me, change, onReveal }: FactsOf): Fact[] {
  return fields.map((field) => {
    const value = custom[field.key]
    const label = customLabel(field)
    const fact: Fact = { key: field.key, label, value: customText(field, value) }
    if (field.kind === 'file' && value && !isMasked(value)) {
      fact.value = <FileLink customer={of.customer} file={value as HeldFile} />
    }
    if (isMasked(value)) {
      const show = onReveal && ((reason: string) => onReveal(field.key, reason))
      fact.value = (
        <Masked
          recordId={recordId}
          label={label}
          masked={value.masked}
          onReveal={show}
          href={(file) => fileHref(of.customer, file)}
        />
      )
    }
    if (change && mayFill(me, field)) {
      fact.edit = editable<unknown>({
        value: formValue(field, value),
        field: (props) =>
          field.kind === 'text' ? (
            <Area {...(props as unknown as FieldProps<string>)} />
          ) : (
            <CustomInput field={field} held={value} of={of} {...props} />
          ),
        save: (next) => change({ custom: { [field.key]: customSent(field, next) } }),
      })
    }
    return fact
  })
}

const kinds: Record<CustomField['kind'], FieldKind> = {
  text: 'text',
  number: 'number',
  money: 'money',
  date: 'date',
  choice: 'choice',
  multi: 'multi',
  person: 'person',
  file: 'text',
}

/** Columns for the fields that the company has added to customers. */
export function useCustomColumns<T extends { id: string; custom?: unknown }>(): Column<T>[] {
  const fields = useCustomFields('customer')
  const me = useMe()
  return useMemo(() => fields.map((field) => column<T>(field, me)), [fields, me])
}

/** The name of a file, to be clicked and fetched. */
export function FileLink({ customer, file }: { customer: string; file: HeldFile }) {
  return (
    <a href={fileHref(customer, file.id)} download={file.name} onClick={(event) => event.stopPropagation()}>
      {file.name}
    </a>
  )
}

function column<T extends { id: string; custom?: unknown }>(field: CustomField, me: Me | undefined): Column<T> {
  const open = !isSealed(field) && fieldAccess(me, `customer.${field.key}`) !== 'hidden'
  return {
    key: field.key,
    title: () => customLabel(field),
    kind: kinds[field.kind],
    text: (row) => customText(field, (row.custom as Custom | undefined)?.[field.key]),
    ...(field.kind === 'file' && { cell: (row: T) => fileCell(row, field) }),
    options: () => options(field),
    width: 140,
    filter: open,
    sort: open && ['text', 'number', 'money', 'date'].includes(field.kind),
    extra: true,
    custom: true,
  }
}

function fileCell(row: { id: string; custom?: unknown }, field: CustomField) {
  const value = (row.custom as Custom | undefined)?.[field.key]
  if (!value || isMasked(value)) return customText(field, value)
  return <FileLink customer={row.id} file={value as HeldFile} />
}
