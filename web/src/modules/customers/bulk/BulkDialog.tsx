/** One change for many customers: what, what it would mean, and how far it is. */
import './bulk.css'
import { useState } from 'react'
import { messageOf, newKey, useCustomFields } from '@/api'
import { count } from '@/i18n'
import { Button, Dialog, Notice, Stat, Stats } from '@/ui'
import { t } from '../words'
import { ActForm, type ActKind, Removal } from './ActForm'
import { BulkOutcome } from './BulkOutcome'
import { type Act, type Preview, previewBulk, type Selection, startBulk } from './queries'
import { beforeWords, reasonWords } from './sayings'

type Props = { kind: ActKind; selection: Selection; onClose: () => void; onDone: () => void }

export function BulkDialog({ kind, selection, onClose, onDone }: Props) {
  const [asked, setAsked] = useState<{ act: Act; preview: Preview }>()
  const [started, setStarted] = useState<string>()
  const look = async (act: Act) => setAsked({ act, preview: await previewBulk(selection, act) })
  const close = started ? onDone : onClose
  return (
    <Dialog title={t(`bulk.act.${kind}`)} open onClose={close} size={560}>
      {started ? (
        <BulkOutcome id={started} />
      ) : asked ? (
        <Meaning {...asked} selection={selection} onBack={() => setAsked(undefined)} onStarted={setStarted} />
      ) : kind === 'remove' ? (
        <Removal onLook={look} />
      ) : (
        <ActForm kind={kind} onLook={look} onCancel={onClose} />
      )}
    </Dialog>
  )
}

type MeaningProps = {
  act: Act
  preview: Preview
  selection: Selection
  onBack: () => void
  onStarted: (id: string) => void
}

/** What it would mean, before anything is changed. */
function Meaning({ act, preview, selection, onBack, onStarted }: MeaningProps) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const [key] = useState(newKey)
  const added = useCustomFields('customer')
  const start = async () => {
    setBusy(true)
    try {
      onStarted((await startBulk(selection, act, key)).id)
    } catch (problem) {
      setError(messageOf(problem))
      setBusy(false)
    }
  }
  const nothing = preview.change === 0 && !preview.more
  return (
    <div className="stack">
      <Stats>
        <Stat label={t('bulk.will_change')} value={count(preview.change)} />
        <Stat label={t('bulk.already')} value={count(preview.already)} />
        <Stat label={t('bulk.cannot')} value={count(preview.refused)} tone={preview.refused > 0 ? 'bad' : 'none'} />
      </Stats>
      {preview.more && <Notice>{t('bulk.more', { n: count(preview.found) })}</Notice>}
      {preview.refused > 0 && (
        <ul className="bulk-reasons">
          {Object.entries(preview.reasons).map(([code, n]) => (
            <li key={code}>{t('bulk.reason_n', { why: reasonWords(code), n: count(n) })}</li>
          ))}
        </ul>
      )}
      {preview.changing.length > 0 && (
        <section>
          <h3>{t('bulk.for_example')}</h3>
          <ul className="bulk-samples">
            {preview.changing.map(({ customer, before }) => (
              <li key={customer.id}>
                <b>{customer.name}</b> <span className="dim">{beforeWords(before, added)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {preview.refusing.length > 0 && (
        <section>
          <h3>{t('bulk.cannot')}</h3>
          <ul className="bulk-samples">
            {preview.refusing.map(({ customer, code }) => (
              <li key={customer.id}>
                <b>{customer.name}</b> <span className="dim">{reasonWords(code)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
      <p className="dim">{nothing ? t('bulk.nothing') : t('bulk.how')}</p>
      <div className="form-foot">
        <Button kind="quiet" onClick={onBack}>
          {t('bulk.back')}
        </Button>
        <Button kind="primary" autoFocus busy={busy} disabled={nothing} onClick={() => void start()}>
          {t('bulk.start', { n: preview.more ? `${count(preview.change)}+` : count(preview.change) })}
        </Button>
      </div>
    </div>
  )
}
