/** An added field whose value is a file: sent when it is chosen, kept when the form is. Until its record is there, the file
 *  waits in the form and is sent after the record. */
import { useId, useState } from 'react'
import { messageOf } from '@/api'
import { type FieldProps, Icon, IconButton } from '@/ui'
import { t } from '../words'
import './attachments.css'
import { ACCEPT, fileHref, upload } from './upload'

export type HeldFile = { id: string; name: string }
/** The record whose field it is. */
export type FilePlace = { customer: string; contact?: string }

async function sendFile(
  { customer, contact }: FilePlace,
  field: string,
  file: File,
  onProgress: (share: number) => void,
): Promise<HeldFile> {
  const target = { customer, field, kind: contact ? 'contact' : 'customer', record: contact }
  const { id, name } = await upload(target, file, onProgress)
  return { id, name }
}

/** Sends what waits in a form whose record is there now. Each is kept at once, so that another try sends only the rest. */
export async function sendWaiting(
  values: Record<string, unknown>,
  of: FilePlace,
  keep: (field: string, file: HeldFile) => Promise<void>,
): Promise<void> {
  for (const [field, file] of Object.entries(values)) {
    if (file instanceof File) await keep(field, await sendFile(of, field, file, () => undefined))
  }
}

type Props = FieldProps<HeldFile | File | null> & { of?: FilePlace; field: string }

export function FileInput({ of, field, label, hint, required, value, error, onChange, name }: Props) {
  const id = useId()
  const [share, setShare] = useState<number>()
  const [refused, setRefused] = useState<string>()
  const send = async (file: File | undefined) => {
    if (!file) return
    setRefused(undefined)
    if (!of) return onChange(file)
    setShare(0)
    try {
      onChange(await sendFile(of, field, file, setShare))
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
            {value instanceof File || !of ? (
              <span>
                {value.name} <span className="dim">{t('attachment.waits')}</span>
              </span>
            ) : (
              <a href={fileHref(of.customer, value.id)} download={value.name}>
                {value.name}
              </a>
            )}
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
