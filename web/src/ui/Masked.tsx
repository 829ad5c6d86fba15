/**
 * A personal value that arrives masked. Looking at it asks for a reason, is written to the audit log, and lasts until
 * the instant the server names (30 s). What was revealed belongs to one record: another record starts masked.
 */
import { useEffect, useState } from 'react'
import { messageOf } from '@/api/problem'
import { t } from '@/i18n'
import { Button } from './Button'
import { Text } from './fields'
import { Popover } from './Popup'
import { CopyButton } from './small'

/** What was shown; where it is the name of a file, which. */
type Revealed = { value: string; until: string; file?: string | null }

type Props = {
  /** Id of the record (and contact): the key of what is shown. */
  recordId: string
  label: string
  masked: string
  /** Absent for those who may not reveal. */
  onReveal?: (reason: string) => Promise<Revealed>
  /** Where a file is fetched whose name was revealed. */
  href?: (file: string) => string
  /** It is a number that one can call. */
  tel?: boolean
}

const SECONDS = 30

export function Masked(props: Props) {
  return <Value key={`${props.recordId}/${props.label}`} {...props} />
}

type Shortly = { shown?: string; left: number; show: (value: string | undefined) => void; hide: () => void }

/** A revealed value, there for thirty seconds. */
export function useShortly(): Shortly {
  const [shown, setShown] = useState<string>()
  const [left, setLeft] = useState(0)

  useEffect(() => {
    if (left <= 0) {
      setShown(undefined)
      return
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left])

  const show = (value: string | undefined) => {
    setShown(value)
    // Counted here, not by the two clocks: a laptop that runs fast must not hide it at once.
    setLeft(SECONDS)
  }
  return { shown: left > 0 ? shown : undefined, left, show, hide: () => setLeft(0) }
}

function Value({ label, masked, onReveal, href, tel }: Props) {
  const { shown, left, show, hide } = useShortly()
  const [asking, setAsking] = useState(false)
  const [file, setFile] = useState<string>()

  const reveal = async (reason: string) => {
    const revealed = await onReveal?.(reason)
    setAsking(false)
    setFile(revealed?.file ?? undefined)
    show(revealed?.value)
  }

  if (shown) {
    return (
      <span className="masked">
        {file && href ? (
          <a href={href(file)} download={shown}>
            {shown}
          </a>
        ) : (
          <>
            <b className="num">{shown}</b>
            <CopyButton text={shown} what={label} />
            {tel && (
              <a href={`tel:${shown.replace(/[^\d+*#]/g, '')}`} aria-label={t('mask.call', { what: label })}>
                {t('mask.dial')}
              </a>
            )}
          </>
        )}
        <span className="soon" role="timer">
          {t('mask.left', { n: left })}
        </span>
        <button type="button" className="link" onClick={hide}>
          {t('mask.hide')}
        </button>
      </span>
    )
  }
  return (
    <span className="masked">
      <span className="num">{masked}</span>
      {onReveal && (
        <Popover
          open={asking}
          onClose={() => setAsking(false)}
          width={280}
          target={
            <button
              type="button"
              className="link"
              aria-label={t('mask.reveal_what', { what: label })}
              onClick={() => setAsking(!asking)}
            >
              {t('mask.reveal')}
            </button>
          }
        >
          <Ask onReason={reveal} />
        </Popover>
      )}
    </span>
  )
}

function Ask({ onReason }: { onReason: (reason: string) => Promise<void> }) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  return (
    <form
      className="stack"
      onSubmit={async (event) => {
        event.preventDefault()
        event.stopPropagation()
        if (!reason.trim()) return setError(t('form.required', { what: t('mask.reason') }))
        setBusy(true)
        try {
          await onReason(reason.trim())
        } catch (problem) {
          setError(messageOf(problem))
          setBusy(false)
        }
      }}
    >
      <Text
        label={t('mask.reason')}
        hint={t('mask.reason_hint')}
        value={reason}
        onChange={setReason}
        error={error}
        autoFocus
        maxLength={200}
      />
      <Button kind="primary" type="submit" busy={busy}>
        {t('mask.reveal')}
      </Button>
    </form>
  )
}
