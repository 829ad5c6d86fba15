/** An added field whose value is a file: sent when it is chosen, kept when the form is. */
import { useId, useState } from 'react'
import { messageOf } from '@/api'
import { type FieldProps, Icon, IconButton } from '@/ui'
import { t } from '../words'
import './attachments.css'
import { ACCEPT, fileHref, upload } from './upload'

export type HeldFile = { id: string; name: string }
/** The record whose field it is. */
export type FilePlace = { customer: string; contact?: string }

type Props = FieldProps<HeldFile | null> & { of: FilePlace; field: string }

export function FileInput({
  of: { customer, contact },
  field,
  label,
  hint,
  required,
  value,
  error,
  onChange,
  name,
}: Props) {
  const id = useId()
  const [share, setShare] = useState<number>()
  const [refused, setRefused] = useState<string>()
  const send = async (file: File | undefined) => {
    if (!file) return
    setRefused(undefined)
    setShare(0)
    try {
      const target = { customer, field, kind: contact ? 'contact' : 'customer', record: contact }
      const made = await upload(target, file, setShare)
      onChange({ id: made.id, name: made.name })
    } catch (problem) {
      setRefused(messageOf(problem))
    }
    setShare(undefined)
  }
  const wrong = refused ?? error
  return (
    <div className="file-input" data-field={name}>
      <label htmlFor={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {hint && <p className="dim">{hint}</p>}
      <div className="row wrap">
        {value && (
          <>
            <a href={fileHref(customer, value.id)} download={value.name}>
              {value.name}
            </a>
            <IconButton
              icon="close"
              label={t('attachment.remove', { name: value.name })}
              onClick={() => onChange(null)}
            />
          </>
        )}
        <span className="file-choose">
          <Icon name="clip" /> {t(value ? 'attachment.other' : 'attachment.choose')}
          <input
            id={id}
            type="file"
            accept={ACCEPT}
            aria-invalid={wrong ? true : undefined}
            aria-describedby={wrong ? `${id}-wrong` : undefined}
            onChange={(event) => {
              void send(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </span>
      </div>
      {share !== undefined && (
        <progress
          aria-label={t('attachment.sending', { name: label ?? '' })}
          max={1}
          value={share < 1 ? share : undefined}
        />
      )}
      {wrong && (
        <p id={`${id}-wrong`} className="late" role="alert">
          {wrong}
        </p>
      )}
    </div>
  )
}
