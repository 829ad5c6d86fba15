import { Checkbox, NumberInput, PasswordInput, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/PasswordInput.css'
import './fields.css'
import { useState } from 'react'
import { common, type FieldProps } from './types'

type TextProps = FieldProps<string> & {
  type?: 'text' | 'email' | 'url' | 'search'
  autoComplete?: string
  maxLength?: number
}

export function Text({ type = 'text', autoComplete, maxLength, ...props }: TextProps) {
  return (
    <TextInput
      {...common(props)}
      type={type}
      autoComplete={autoComplete ?? 'off'}
      maxLength={maxLength}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}

export function Password({
  autoComplete,
  ...props
}: FieldProps<string> & { autoComplete: 'current-password' | 'new-password' }) {
  return (
    <PasswordInput
      {...common(props)}
      autoComplete={autoComplete}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}

type AreaProps = FieldProps<string> & { rows?: number; onSubmit?: () => void }

/** Grows with its text. With `onSubmit`, Enter sends and Shift+Enter breaks the line; never while an input method composes. */
export function Area({ rows = 2, onSubmit, ...props }: AreaProps) {
  return (
    <Textarea
      {...common(props)}
      autosize
      minRows={rows}
      maxRows={14}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing || !onSubmit) return
        event.preventDefault()
        onSubmit()
      }}
    />
  )
}

/** Full-width digits, spaces and dashes are cleaned as people leave the field. */
export function Phone(props: FieldProps<string>) {
  return (
    <TextInput
      {...common(props)}
      type="tel"
      inputMode="tel"
      autoComplete="off"
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onBlur={() => props.onChange(cleanPhone(props.value))}
    />
  )
}

export function cleanPhone(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[^\d+]/g, '')
    .replace(/(?!^)\+/g, '')
}

type NumberProps = FieldProps<number | null> & { min?: number; max?: number; suffix?: string; decimals?: number }

export function NumberField({ min, max, suffix, decimals = 0, ...props }: NumberProps) {
  return (
    <NumberInput
      {...common(props)}
      min={min}
      max={max}
      suffix={suffix}
      decimalScale={decimals}
      thousandSeparator=","
      hideControls
      value={props.value ?? ''}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : null)}
    />
  )
}

/** Yuan on the screen, fen in the value: integers, so that nothing is rounded on the way. */
export function Money(props: FieldProps<number | null>) {
  return (
    <NumberInput
      {...common(props)}
      prefix="¥"
      min={0}
      decimalScale={2}
      thousandSeparator=","
      hideControls
      value={props.value === null ? '' : props.value / 100}
      onChange={(value) => props.onChange(typeof value === 'number' ? Math.round(value * 100) : null)}
    />
  )
}

export function Switch({ label, value, onChange, disabled, hint, name }: FieldProps<boolean>) {
  return (
    <Checkbox
      label={label}
      description={hint}
      name={name}
      data-field={name}
      checked={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

type FileProps = {
  label: string
  accept?: string
  multiple?: boolean
  onPick: (files: File[]) => void
  hint?: string
  disabled?: boolean
}

/** Takes a click, the keyboard, or files dropped on it. */
export function FileField({ label, accept, multiple, onPick, hint, disabled }: FileProps) {
  const [over, setOver] = useState(false)
  return (
    <label
      className="file-drop"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (!disabled) onPick([...event.dataTransfer.files])
      }}
    >
      <b>{label}</b>
      {hint && <span className="dim">{hint}</span>}
      <input
        type="file"
        className="vh"
        accept={accept}
        multiple={multiple}
        disabled={disabled}
        onChange={(event) => {
          onPick([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </label>
  )
}
