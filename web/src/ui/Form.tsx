/** The one form: typed values, errors on the field, nothing typed is ever lost. */
import './fields/fields.css'
import { useBlocker } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { newKey } from '@/api/client'
import { type FieldErrors, messageOf, Problem } from '@/api/problem'
import { t } from '@/i18n'
import { Button } from './Button'
import { Notice } from './small'

type Submit<T> = (values: T, key: string) => Promise<unknown> | unknown
type Options<T> = {
  initial: T
  /** `key` is the idempotency key: the same for every try of the same submission. */
  submit: Submit<T>
  /** Messages by field; an empty object lets the form go. */
  check?: (values: T) => Partial<Record<keyof T, string>>
}

export type FormState<T> = {
  values: T
  errors: FieldErrors
  message: string | undefined
  busy: boolean
  dirty: boolean
  set: (change: Partial<T>) => void
  bind: <K extends keyof T & string>(
    name: K,
  ) => { name: K; value: T[K]; onChange: (value: T[K]) => void; error?: string }
  submit: () => Promise<void>
  reset: (values?: T) => void
}

export function useForm<T extends object>({ initial, submit, check }: Options<T>): FormState<T> {
  const [values, setValues] = useState(initial)
  const [errors, setErrors] = useState<FieldErrors>({})
  const [message, setMessage] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [dirty, setDirty] = useState(false)
  const key = useRef(newKey())

  const set = (change: Partial<T>) => {
    setValues((before) => ({ ...before, ...change }))
    setDirty(true)
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in change))))
  }

  const fail = (error: unknown) => {
    setMessage(messageOf(error))
    // An answer from the server ends this submission; without an answer the same key makes a second try safe.
    if (!(error instanceof Problem)) return
    key.current = newKey()
    setErrors(error.fields)
  }

  const run = async () => {
    if (busy) return
    const wrong = check?.(values) ?? {}
    const found = Object.entries(wrong).filter(([, text]) => text) as [string, string][]
    setErrors(Object.fromEntries(found))
    setMessage(undefined)
    if (found.length > 0) return
    setBusy(true)
    try {
      await submit(values, key.current)
      key.current = newKey()
      setDirty(false)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }

  const reset = (next: T = initial) => {
    setValues(next)
    setErrors({})
    setMessage(undefined)
    setDirty(false)
    key.current = newKey()
  }

  return {
    values,
    errors,
    message,
    busy,
    dirty,
    set,
    submit: run,
    reset,
    bind: (name) => ({
      name,
      value: values[name],
      onChange: (value) => set({ [name]: value } as unknown as Partial<T>),
      error: errors[name],
    }),
  }
}

type FormProps<T> = {
  form: FormState<T>
  children: ReactNode
  submitLabel?: string
  /** Sending it cannot be taken back. */
  danger?: boolean
  onCancel?: () => void
  /** Fields the server complained about that have no input here are listed with these names. */
  labels?: Record<string, string>
  /** Inside the router a page with unsaved text asks before it is left. Turn off for small panels. */
  guard?: boolean
}

export function Form<T extends object>({
  form,
  children,
  submitLabel,
  danger,
  onCancel,
  labels = {},
  guard = true,
}: FormProps<T>) {
  const element = useRef<HTMLFormElement>(null)
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    await form.submit()
    // After React has drawn the errors: the focus goes to the first of them.
    setTimeout(() => focusFirstError(element.current))
  }
  return (
    <form ref={element} className="form" noValidate onSubmit={onSubmit}>
      {guard && <LeaveGuard when={form.dirty && !form.busy} />}
      {form.message && (
        <Notice tone="bad">
          {form.message}
          <Homeless errors={form.errors} labels={labels} form={element.current} />
        </Notice>
      )}
      {children}
      <div className="form-foot">
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
        <Button kind={danger ? 'danger' : 'primary'} type="submit" busy={form.busy}>
          {submitLabel ?? t('save')}
        </Button>
      </div>
    </form>
  )
}

/** Errors of fields that this form does not show would otherwise be invisible. */
function Homeless({
  errors,
  labels,
  form,
}: {
  errors: FieldErrors
  labels: Record<string, string>
  form: HTMLFormElement | null
}) {
  const rest = Object.entries(errors).filter(([name]) => !form?.querySelector(`[data-field="${CSS.escape(name)}"]`))
  if (rest.length === 0) return null
  return (
    <ul>
      {rest.map(([name, text]) => (
        <li key={name}>
          {labels[name] ?? name}: {text}
        </li>
      ))}
    </ul>
  )
}

function focusFirstError(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error="true"] input')?.focus()
}

function LeaveGuard({ when }: { when: boolean }) {
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      when && current.pathname !== next.pathname && !globalThis.confirm(t('form.leave')),
    enableBeforeUnload: when,
    disabled: !when,
  })
  return null
}

/** Fields that belong together, with a heading that screen readers announce. */
export function FieldGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="form-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}

/** `check: required({ name: '姓名' })` */
export function required<T extends object>(labels: Partial<Record<keyof T, string>>) {
  return (values: T): Partial<Record<keyof T, string>> => {
    const errors: Partial<Record<keyof T, string>> = {}
    for (const name of Object.keys(labels) as (keyof T)[]) {
      const value = values[name]
      const missing = value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
      if (missing) errors[name] = t('form.required', { what: labels[name] as string })
    }
    return errors
  }
}
