/** One line at the foot of the page: what happened, and 撤销 where it can be taken back. */
import { useSyncExternalStore } from 'react'
import { t } from '@/i18n'

type Toast = { id: number; text: string; undo?: () => void }

let shown: Toast[] = []
let next = 1
const listeners = new Set<() => void>()

function set(toasts: Toast[]): void {
  shown = toasts
  for (const listener of listeners) listener()
}

function dismiss(id: number): void {
  set(shown.filter((toast) => toast.id !== id))
}

/** Says what happened in one short sentence; leaves by itself. At most three at a time. */
export function toast(text: string): void {
  show({ id: next++, text }, 4000)
}

/** The act is done; `undo` asks the server to take it back. Stays longer, because it asks for a decision. */
export function undoable(text: string, undo: () => void): void {
  show({ id: next++, text, undo }, 8000)
}

function show(item: Toast, ms: number): void {
  set([...shown.slice(-2), item])
  setTimeout(() => dismiss(item.id), ms)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  return (
    <div className="toasts no-print" role="status" aria-live="polite">
      {toasts.map(({ id, text, undo }) => (
        <div key={id} className="toast">
          <span className="grow">{text}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                dismiss(id)
                undo()
              }}
            >
              {t('undo')}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
