import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useMe } from '@/api/session'
import { t } from '@/i18n'
import { flush, forget, type Kept, keep, kept, onOutbox } from '@/offline/outbox'
import { sendKept } from '@/offline/send'
import { undoable } from '@/ui/Undo'
import { corrections } from './registry'

const online = () => navigator.onLine
const watch = (listener: () => void) => {
  globalThis.addEventListener('online', listener)
  globalThis.addEventListener('offline', listener)
  return () => {
    globalThis.removeEventListener('online', listener)
    globalThis.removeEventListener('offline', listener)
  }
}

/** Says that the network is gone and how many records wait; sends them when it is back. */
export function OfflineBanner() {
  const me = useMe()
  const connected = useSyncExternalStore(watch, online)
  const client = useQueryClient()
  const [waiting, setWaiting] = useState<Kept[]>([])
  const [correcting, setCorrecting] = useState<Kept>()
  const userId = me?.id

  useEffect(() => {
    if (!userId) return
    const count = () => void kept(userId).then(setWaiting, () => setWaiting([]))
    count()
    return onOutbox(count)
  }, [userId])

  useEffect(() => {
    if (!userId || !connected) return
    const send = async () => {
      if ((await flush(userId, sendKept)) > 0) await client.invalidateQueries()
    }
    void send()
    // `online` is only a guess of the browser: keep trying while something waits.
    const timer = setInterval(() => void send(), 30_000)
    return () => clearInterval(timer)
  }, [userId, connected, client])

  const refused = waiting.filter((entry) => entry.refused)
  const pending = waiting.filter((entry) => !entry.refused)
  if (connected && waiting.length === 0) return null
  return (
    <div className="offline no-print" role="status">
      {!connected && <span>{t('shell.offline')}</span>}
      {pending.length > 0 && (
        <details>
          <summary>{t('shell.pending', { n: pending.length })}</summary>
          <ul>
            {pending.map((entry) => (
              <li key={entry.id}>{entry.label}</li>
            ))}
          </ul>
        </details>
      )}
      {refused.length > 0 && (
        <details open>
          <summary>{t('shell.refused', { n: refused.length })}</summary>
          <ul>
            {refused.map((entry) => (
              <li key={entry.id} className="row wrap">
                <span>
                  {entry.label}: {entry.refused}
                </span>
                {correctionOf(entry) && (
                  <button type="button" className="link" onClick={() => setCorrecting(entry)}>
                    {t('shell.correct')}
                  </button>
                )}
                <button type="button" className="link" onClick={() => void discard(entry)}>
                  {t('shell.discard')}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      {correcting && <CorrectionHost key={correcting.id} entry={correcting} onClose={() => setCorrecting(undefined)} />}
    </div>
  )
}

function correctionOf(entry: Kept) {
  // Of a record that is there and whose file is not taken there is nothing to correct.
  return entry.filesTo ? undefined : corrections.find((correction) => correction.path.test(entry.path))
}

async function discard(entry: Kept): Promise<void> {
  await forget(entry.id)
  undoable(t('shell.discarded', { what: entry.label }), () => void keep(entry))
}

/** The panel of the room that made the record, filled with what was typed. */
function CorrectionHost({ entry, onClose }: { entry: Kept; onClose: () => void }) {
  const Panel = useMemo(() => {
    const correction = correctionOf(entry)
    return correction && lazy(correction.panel)
  }, [entry])
  return <Suspense>{Panel && <Panel entry={entry} onClose={onClose} />}</Suspense>
}
