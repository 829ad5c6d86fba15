/** 附件: the files that hang on a record. Dropped, pasted, chosen, or taken with the phone's camera. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { messageOf } from '@/api'
import { lookup } from '@/i18n'
import { Ago, FileField, Icon, IconButton, Notice, Skeleton, Status, toast, undoable, usePhone } from '@/ui'
import { type Attachment, attachmentsQuery, removeAttachment, restoreAttachment, useRefresh } from '../queries'
import { t } from '../words'
import { Listen } from './Listen'
import { ACCEPT, fileSize, type Target, upload } from './upload'
import './attachments.css'

type Props = Target & {
  /** Whether the reader may add files to this record. */
  mayAdd: boolean
}
type Going = {
  key: number
  name: string
  share: number
  /** What became of it: its line stays until the list shows it, so that nothing moves under the pointer. */
  arrived?: string
  error?: string
}

let last = 0

export default function Attachments({ customer, kind, record, mayAdd }: Props) {
  const found = useQuery(attachmentsQuery(customer))
  const refresh = useRefresh()
  const [going, setGoing] = useState<Going[]>([])
  const whole = kind === 'customer'
  // The customer's own page shows what hangs on any of its records.
  const files = found.data?.filter((file) => whole || (file.of_kind === kind && file.of_id === record))

  const under = going.filter(({ arrived }) => !arrived || !files?.some(({ id }) => id === arrived))

  const send = async (file: File) => {
    last += 1
    const key = last
    const change = (next: Partial<Going>) =>
      setGoing((now) => now.map((one) => (one.key === key ? { ...one, ...next } : one)))
    setGoing((now) => [...now, { key, name: file.name, share: 0 }])
    try {
      const { id } = await upload({ customer, kind, record }, file, (share) => change({ share }))
      change({ arrived: id })
      await refresh(customer)
      setGoing((now) => now.filter((one) => one.key !== key))
    } catch (problem) {
      change({ error: messageOf(problem) })
    }
  }
  const pick = (chosen: File[]) => {
    for (const file of chosen) void send(file)
  }
  usePasted(mayAdd ? pick : undefined)
  return (
    <div className="stack">
      {mayAdd && <Intake onPick={pick} />}
      {under.map((one) => (
        <div key={one.key} className="attachment-going" aria-live="polite">
          {one.error ? (
            <Notice tone="bad">
              <b>{one.name}</b> {one.error}{' '}
              <IconButton
                icon="close"
                label={t('attachment.dismiss')}
                onClick={() => setGoing((now) => now.filter((other) => other.key !== one.key))}
              />
            </Notice>
          ) : (
            <label>
              <span>{t('attachment.sending', { name: one.name })}</span>
              <progress max={1} value={one.share < 1 ? one.share : undefined} />
            </label>
          )}
        </div>
      ))}
      {found.isPending && <Skeleton lines={2} />}
      {found.isError && <p className="late">{messageOf(found.error)}</p>}
      {files?.length === 0 && under.length === 0 && <p className="dim">{t('attachment.none')}</p>}
      <ul className="attachments">
        {files?.map((file) => (
          <Line key={file.id} customer={customer} file={file} whole={whole} />
        ))}
      </ul>
    </div>
  )
}

function Intake({ onPick }: { onPick: (files: File[]) => void }) {
  const phone = usePhone()
  return (
    <>
      <FileField label={t('attachment.drop')} hint={t('attachment.hint')} accept={ACCEPT} multiple onPick={onPick} />
      {phone && (
        <label className="attachment-camera">
          <Icon name="camera" /> {t('attachment.camera')}
          <input
            type="file"
            className="vh"
            accept="image/jpeg,image/png"
            capture="environment"
            onChange={(event) => {
              onPick([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ''
            }}
          />
        </label>
      )}
    </>
  )
}

/** A picture in the clipboard is meant for the record that is open. */
function usePasted(onPick: ((files: File[]) => void) | undefined) {
  useEffect(() => {
    if (!onPick) return
    const pasted = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      onPick(files)
    }
    document.addEventListener('paste', pasted)
    return () => document.removeEventListener('paste', pasted)
  }, [onPick])
}

function Line({ customer, file, whole }: { customer: string; file: Attachment; whole: boolean }) {
  const refresh = useRefresh()
  const place = `/api/v1/customers/${customer}/attachments/${file.id}`
  const remove = async () => {
    try {
      await removeAttachment(customer, file.id)
    } catch (problem) {
      return toast(messageOf(problem))
    }
    await refresh(customer)
    undoable(
      t('attachment.removed', { name: file.name }),
      () => void restoreAttachment(customer, file.id).then(() => refresh(customer)),
    )
  }
  return (
    <li className="row">
      {file.small ? (
        <img src={`${place}/small`} alt="" width={40} height={40} loading="lazy" />
      ) : (
        <span className="attachment-mark" aria-hidden="true">
          {file.name.split('.').pop()?.slice(0, 4).toUpperCase()}
        </span>
      )}
      <div className="grow">
        {file.state === 'fine' ? (
          <a href={`${place}/file`} download={file.name}>
            {file.name}
          </a>
        ) : (
          <>
            <span>{file.name}</span>{' '}
            <Status tone={file.state === 'infected' ? 'bad' : 'warn'}>{t(`attachment.${file.state}`)}</Status>
          </>
        )}
        <p className="dim">
          {whole && file.of_kind !== 'customer' && `${lookup(`attachment.of.${file.of_kind}`) ?? file.of_kind} · `}
          {fileSize(file.bytes)} · {file.added_by.name} <Ago at={file.added_at} />
        </p>
        {file.state === 'fine' && file.media_type.startsWith('audio/') && <Listen file={file} href={`${place}/file`} />}
      </div>
      {file.removable && (
        <IconButton icon="trash" label={t('attachment.remove', { name: file.name })} onClick={() => void remove()} />
      )}
    </li>
  )
}
