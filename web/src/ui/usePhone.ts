import { useSyncExternalStore } from 'react'

const query = () => globalThis.matchMedia?.('(max-width: 640px)')

function subscribe(listener: () => void): () => void {
  const media = query()
  media?.addEventListener('change', listener)
  return () => media?.removeEventListener('change', listener)
}

/** People on the road: one hand, 390 px. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => query()?.matches ?? false)
}
