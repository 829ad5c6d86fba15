/** Every field is controlled and works inside a form (`{...form.bind('name')}`), in a filter and in place. */
export type FieldProps<V> = {
  label?: string
  /** For fields without a visible label. */
  'aria-label'?: string
  value: V
  onChange: (value: V) => void
  error?: string
  hint?: string
  required?: boolean
  disabled?: boolean
  autoFocus?: boolean
  name?: string
  placeholder?: string
  /** Opens its list in place: needed inside a popover, which closes on clicks elsewhere. */
  inline?: boolean
}

export type Choice<V extends string = string> = { value: V; label: string; hint?: string }

/** What all Mantine inputs understand the same way. */
export function common<V>(props: FieldProps<V>) {
  return {
    label: props.label,
    'aria-label': props['aria-label'],
    error: props.error,
    // An error says what to do; the hint below it would say it again.
    description: props.error ? undefined : props.hint,
    withAsterisk: props.required,
    disabled: props.disabled,
    autoFocus: props.autoFocus,
    'data-autofocus': props.autoFocus || undefined,
    name: props.name,
    placeholder: props.placeholder,
    // Found again by the form, which moves the focus to the first error.
    'data-field': props.name,
    // The hint stands under the input, so that inputs beside each other stand on one line.
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'input' | 'description' | 'error')[],
    size: 'sm' as const,
  }
}
