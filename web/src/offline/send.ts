/** How a kept record is sent: as itself, with its own key. */
import { messageOf, problemOf } from '@/api/problem'
import { type Answer, flush, type Kept, keep, kept } from './outbox'

export async function sendKept(entry: Kept): Promise<Answer> {
  let response: Response
  try {
    response = await globalThis.fetch(entry.path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': entry.id },
      body: JSON.stringify(entry.body),
    })
  } catch {
    return 'later'
  }
  if (response.ok) return 'accepted'
  // Signed out, throttled or overloaded: nothing is wrong with the record.
  if (response.status === 401 || response.status === 429 || response.status >= 500) return 'later'
  return { refused: messageOf(await problemOf(response)) }
}

/** Keeps the record first and sends it then: it is safe whatever happens in between. */
export async function keepAndSend(entry: Kept): Promise<Answer> {
  await keep(entry)
  // A flush that was already under way may have read its list before this entry was in it.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await flush(entry.userId, sendKept)
    const still = (await kept(entry.userId)).find((other) => other.id === entry.id)
    if (!still) return 'accepted'
    if (still.refused) return { refused: still.refused }
  }
  return 'later'
}
