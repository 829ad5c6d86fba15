import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMe } from '@/api/session'
import { t } from '@/i18n'
import { flush, type Kept, kept, onOutbox } from '@/offline/outbox'
import { sendKept } from '@/offline/send'

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
  const pending = waiting.length - refused.length
  if (connected && waiting.length === 0) return null
  return (
    <div className="offline no-print" role="status">
      {!connected && <span>{t('shell.offline')}</span>}
      {pending > 0 && <b>{t('shell.pending', { n: pending })}</b>}
      {refused.length > 0 && (
        <details>
          <summary>{t('shell.refused', { n: refused.length })}</summary>
          <ul>
            {refused.map((entry) => (
              <li key={entry.id}>
                {entry.label}: {entry.refused}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
