/** One field per kind of parameter. What they are and what they may be, the server says with the rule. */

import { Button, type Choice, ChoiceField, IconButton, MultiChoice, NumberField, Switch, Tags } from '@/ui'
import type { Param, Rung } from './model'
import { optionWord } from './params'
import { formatSpan, parseSpan, say, term } from './sentence'
import { t } from './words'

type Props = { param: Param; value: unknown; onChange: (value: unknown) => void; error?: string; name: string }

export function ParamField({ param, value, onChange, error, name }: Props) {
  const label = say(param.name)
  const common = { label, name, error }
  const options = (param.options ?? []).map((option) => ({ value: option, label: optionWord(param.path, option) }))
  switch (param.kind) {
    case 'count':
      return (
        <NumberField
          {...common}
          value={value as number | null}
          onChange={onChange}
          min={param.min ?? undefined}
          max={param.max ?? undefined}
        />
      )
    case 'number':
      return <NumberField {...common} decimals={2} value={value as number | null} onChange={onChange} />
    case 'span':
      return <SpanField {...common} value={String(value)} onChange={onChange} units={['m', 'h']} />
    case 'choice':
      return <ChoiceField {...common} required options={options} value={String(value)} onChange={onChange} />
    case 'calendar':
      return (
        <ChoiceField
          {...common}
          required
          options={calendars(String(value))}
          value={String(value)}
          onChange={onChange}
        />
      )
    case 'choices':
      return options.length > 0 ? (
        <MultiChoice {...common} options={options} value={value as string[]} onChange={onChange} />
      ) : (
        <Tags {...common} value={(value as unknown[]).map(String)} onChange={onChange} />
      )
    case 'shares':
      return <SharesField label={label} value={value as number[]} onChange={onChange} error={error} />
    case 'ladder':
      return <LadderField label={label} options={options} value={value as Rung[]} onChange={onChange} error={error} />
    case 'flag':
      return <Switch label={label} name={name} value={Boolean(value)} onChange={onChange} />
  }
}

function calendars(present: string): Choice[] {
  const names = ['working', 'natural']
  return [...names, ...(names.includes(present) ? [] : [present])].map((value) => ({
    value,
    label: term('calendar', value),
  }))
}

type SpanProps = {
  label: string
  name?: string
  error?: string
  value: string
  onChange: (value: string) => void
  units: readonly ('m' | 'h' | 'wd')[]
}

/** A number and its unit. */
function SpanField({ label, name, error, value, onChange, units }: SpanProps) {
  const span = parseSpan(value) ?? { value: 0, unit: 'h' as const }
  return (
    <div className="span-field">
      <NumberField
        label={label}
        name={name}
        error={error}
        min={0}
        value={span.value}
        onChange={(number) => onChange(formatSpan({ ...span, value: number ?? 0 }))}
      />
      <select
        className="native"
        aria-label={`${label}: ${t('edit.unit')}`}
        value={span.unit}
        onChange={(event) =>
          // Kept through a 0, which is written without a unit.
          onChange(formatSpan({ value: span.value || 1, unit: event.currentTarget.value as 'm' | 'h' | 'wd' }))
        }
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {term('unit', unit)}
          </option>
        ))}
      </select>
    </div>
  )
}

function SharesField({
  label,
  value,
  onChange,
  error,
}: {
  label: string
  value: number[]
  onChange: (value: unknown) => void
  error?: string
}) {
  const set = (at: number, percent: number | null) =>
    onChange(value.map((share, i) => (i === at ? (percent ?? 0) / 100 : share)))
  return (
    <fieldset className="rows-field">
      <legend>{label}</legend>
      {value.map((share, at) => (
        <div key={at} className="row">
          <NumberField
            aria-label={`${label} ${at + 1}: ${t('edit.share')}`}
            suffix="%"
            min={1}
            max={99}
            value={Math.round(share * 100)}
            onChange={(percent) => set(at, percent)}
          />
          <Remove at={at} onClick={() => onChange(value.filter((_, i) => i !== at))} />
        </div>
      ))}
      <Foot
        label={t('edit.add_share')}
        onAdd={() => onChange([...value, Math.min(0.99, (value.at(-1) ?? 0.4) + 0.1)])}
        error={error}
      />
    </fieldset>
  )
}

type LadderProps = {
  label: string
  options: Choice[]
  value: Rung[]
  onChange: (value: unknown) => void
  error?: string
}

function LadderField({ label, options, value, onChange, error }: LadderProps) {
  const set = (at: number, change: Partial<Rung>) =>
    onChange(value.map((rung, i) => (i === at ? { ...rung, ...change } : rung)))
  const next = options.find((option) => !value.some((rung) => rung.to === option.value))
  return (
    <fieldset className="rows-field wide">
      <legend>{label}</legend>
      {value.map((rung, at) => (
        <div key={at} className="row rung">
          <SpanField
            label={t('edit.after')}
            value={rung.after}
            units={['m', 'h', 'wd']}
            onChange={(after) => set(at, { after })}
          />
          <ChoiceField
            label={t('edit.to')}
            required
            options={options}
            value={rung.to}
            onChange={(to) => to && set(at, { to })}
          />
          <Remove at={at} onClick={() => onChange(value.filter((_, i) => i !== at))} />
        </div>
      ))}
      <Foot
        label={t('edit.add_rung')}
        error={error}
        onAdd={next && (() => onChange([...value, { after: value.length === 0 ? '0' : '1wd', to: next.value }]))}
      />
    </fieldset>
  )
}

function Remove({ at, onClick }: { at: number; onClick: () => void }) {
  return <IconButton icon="close" label={t('edit.remove_row', { n: at + 1 })} onClick={onClick} />
}

function Foot({ label, onAdd, error }: { label: string; onAdd?: () => void; error?: string }) {
  return (
    <>
      {onAdd && (
        <Button size="xs" kind="quiet" icon="plus" onClick={onAdd}>
          {label}
        </Button>
      )}
      {error && (
        <p className="late" role="alert">
          {error}
        </p>
      )}
    </>
  )
}
