/**
 * Quick records made without a network stay on this device and are sent once when it is back.
 * "Once" rests on the idempotency key made here, when the person pressed save: however often a dying
 * connection makes us send, the server counts it one time. Two tabs take turns by a Web Lock.
 */
/** A photograph or a voice note that goes with a record. */
export type KeptFile = {
  /** Its own idempotency key. */
  key: string
  name: string
  type: string
  data: ArrayBuffer
}

export type Kept = {
  /** Also the idempotency key. */
  id: string
  /** Entries of one person are never sent in the name of another. */
  userId: string
  path: string
  body: Record<string, unknown>
  /** When it was written, for the list of pending records. */
  at: string
  label: string
  /** Files to be hung on the record once it is there, each sent once; what was sent is taken out. */
  files?: KeptFile[]
  /** Where they go, when the record is there already: only they are still to be sent. */
  filesTo?: string
  /** The server's refusal, shown so that the person can correct it; such an entry is not sent again by itself. */
  refused?: string
}

export type Answer = 'accepted' | 'later' | { refused: string }
export type Sender = (entry: Kept) => Promise<Answer>

const NAME = 'zhike-outbox'
const STORE = 'kept'
const listeners = new Set<() => void>()

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode)
      const request = act(transaction.objectStore(STORE))
      // Resolve when the transaction is complete: only then is the record safe on disk.
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
      transaction.onerror = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

function changed(): void {
  for (const listener of listeners) listener()
}

export function onOutbox(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function keep(entry: Kept): Promise<void> {
  await run('readwrite', (store) => store.put(entry))
  changed()
}

export async function forget(id: string): Promise<void> {
  await run('readwrite', (store) => store.delete(id))
  changed()
}

/** Oldest first: the order in which they were written. */
export async function kept(userId: string): Promise<Kept[]> {
  const all = await run<Kept[]>('readonly', (store) => store.getAll())
  return all.filter((entry) => entry.userId === userId).sort((a, b) => a.at.localeCompare(b.at))
}

let flushing: Promise<number> | undefined

/** Sends what is kept, in order; answers how many were accepted. Stops at the first sign that the network is not back. */
export function flush(userId: string, send: Sender): Promise<number> {
  flushing ??= exclusively(() => sendAll(userId, send)).finally(() => {
    flushing = undefined
  })
  return flushing
}

async function exclusively(act: () => Promise<number>): Promise<number> {
  if (!navigator.locks) return act()
  return navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (lock ? act() : 0)) as Promise<number>
}

async function sendAll(userId: string, send: Sender): Promise<number> {
  let accepted = 0
  for (const entry of await kept(userId)) {
    if (entry.refused) continue
    const answer = await send(entry)
    if (answer === 'later') break
    if (answer === 'accepted') {
      await forget(entry.id)
      accepted += 1
    } else {
      const now = (await kept(userId)).find((other) => other.id === entry.id)
      await keep({ ...(now ?? entry), refused: answer.refused })
    }
  }
  return accepted
}

/**
 * Pending records shown among those of the server: newest first, and never twice. The same record is known by its
 * key: for a moment it can be both kept here and already stored there.
 */
export function mergeKept<T extends { at: string; key?: string | null }>(stored: T[], pending: T[]): T[] {
  const known = new Set(stored.map((item) => item.key).filter(Boolean))
  const missing = pending.filter((item) => !known.has(item.key))
  return [...missing, ...stored].sort((a, b) => b.at.localeCompare(a.at))
}
