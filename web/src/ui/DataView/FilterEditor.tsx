import { type FormEvent, useState } from 'react'
import type { Filter, FilterValue, Operator } from '@/api/lists'
import { t } from '@/i18n'
import { Button } from '../Button'
import { Department, Person } from '../fields'
import { needsValue, operators } from './state'
import type { Column } from './types'
import { operatorName } from './words'

type Props<T> = {
  columns: Column<T>[]
  initial?: Filter
  onApply: (filter: Filter, name?: string) => void
}

/** One condition: field, operator, value. The value's input follows the kind of the field. */
export function FilterEditor<T>({ columns, initial, onApply }: Props<T>) {
  const [field, setField] = useState(initial?.[0] ?? columns[0]?.key ?? '')
  const column = columns.find((other) => other.key === field) ?? columns[0]
  const allowed = column ? operators[column.kind] : []
  const [operator, setOperator] = useState<Operator>(initial?.[1] ?? allowed[0] ?? 'eq')
  const [value, setValue] = useState<FilterValue | undefined>(initial?.[2])
  const [name, setName] = useState<string>()
  if (!column) return null
  const active = allowed.includes(operator) ? operator : (allowed[0] ?? 'eq')
  const ready = !needsValue(active) || filled(value)

  const apply = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    if (ready) onApply(needsValue(active) ? [field, active, value as FilterValue] : [field, active], name)
  }
  return (
    <form className="filter-editor" onSubmit={apply}>
      <select
        className="native"
        aria-label={t('list.field')}
        value={field}
        onChange={(event) => {
          setField(event.currentTarget.value)
          setValue(undefined)
        }}
      >
        {columns.map((other) => (
          <option key={other.key} value={other.key}>
            {other.title()}
          </option>
        ))}
      </select>
      <select
        className="native"
        aria-label={t('list.filter')}
        value={active}
        onChange={(event) => {
          setOperator(event.currentTarget.value as Operator)
          if (event.currentTarget.value === 'between' || Array.isArray(value)) setValue(undefined)
        }}
      >
        {allowed.map((other) => (
          <option key={other} value={other}>
            {operatorName(other, column.kind)}
          </option>
        ))}
      </select>
      {needsValue(active) && (
        <Value
          column={column}
          operator={active}
          value={value}
          onChange={(next, label) => {
            setValue(next)
            setName(label)
          }}
        />
      )}
      <Button kind="primary" type="submit" disabled={!ready}>
        {t('list.filter_apply')}
      </Button>
    </form>
  )
}

const yesNo = () => [
  { value: 'true', label: t('yes') },
  { value: 'false', label: t('no') },
]

function filled(value: FilterValue | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((part) => part !== '')
  return value !== undefined && value !== ''
}

type ValueProps<T> = {
  column: Column<T>
  operator: Operator
  value: FilterValue | undefined
  onChange: (value: FilterValue | undefined, label?: string) => void
}

function Value<T>({ column, operator, value, onChange }: ValueProps<T>) {
  const label = t('list.value')
  if (operator === 'between') return <Between column={column} value={value} onChange={onChange} />
  switch (column.kind) {
    case 'choice':
    case 'multi':
      return <Ticks column={column} value={value} onChange={onChange} />
    case 'person':
      return (
        <Person
          inline
          aria-label={label}
          value={typeof value === 'string' ? value : null}
          onChange={(id) => id === null && onChange(undefined)}
          onPick={(option) => onChange(option.value, option.label)}
        />
      )
    case 'department':
      return (
        <Department
          inline
          aria-label={label}
          value={typeof value === 'string' ? value : null}
          onChange={(id) => onChange(id ?? undefined)}
        />
      )
    case 'bool':
      return (
        <select
          className="native"
          aria-label={label}
          value={String(value ?? '')}
          onChange={(event) => onChange(event.currentTarget.value === 'true')}
        >
          <option value="" disabled>
            {t('field.pick')}
          </option>
          {(column.options?.() ?? yesNo()).map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )
    default:
      return (
        <Single label={label} column={column} value={Array.isArray(value) ? undefined : value} onChange={onChange} />
      )
  }
}

function Ticks<T>({ column, value, onChange }: Pick<ValueProps<T>, 'column' | 'value' | 'onChange'>) {
  const chosen = Array.isArray(value) ? value.map(String) : []
  const toggle = (key: string) =>
    onChange(chosen.includes(key) ? chosen.filter((other) => other !== key) : [...chosen, key])
  return (
    <fieldset className="ticks">
      <legend className="vh">{column.title()}</legend>
      {column.options?.().map((option) => (
        <label key={option.value}>
          <input type="checkbox" checked={chosen.includes(option.value)} onChange={() => toggle(option.value)} />
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}

type SingleProps<T> = {
  label: string
  column: Column<T>
  value: string | number | boolean | undefined
  onChange: (value: string | number | undefined) => void
}

function Single<T>({ label, column, value, onChange }: SingleProps<T>) {
  const numeric = column.kind === 'number' || column.kind === 'money'
  const scale = column.kind === 'money' ? 100 : 1
  const shown = numeric && typeof value === 'number' ? value / scale : typeof value === 'boolean' ? '' : (value ?? '')
  return (
    <input
      className="native"
      aria-label={label}
      type={column.kind === 'date' ? 'date' : numeric ? 'number' : 'text'}
      value={shown}
      onChange={(event) => {
        const text = event.currentTarget.value
        if (text === '') onChange(undefined)
        else onChange(numeric ? Math.round(Number(text) * scale) : text)
      }}
    />
  )
}

function Between<T>({ column, value, onChange }: Pick<ValueProps<T>, 'column' | 'value' | 'onChange'>) {
  const [low = '', high = ''] = Array.isArray(value) ? value : []
  return (
    <div className="row">
      <Single label={t('from')} column={column} value={low} onChange={(next) => onChange([next ?? '', high])} />
      <Single label={t('to')} column={column} value={high} onChange={(next) => onChange([low, next ?? ''])} />
    </div>
  )
}
