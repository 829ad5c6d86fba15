/** How a kept record is sent: as itself, with its own key. */
import { messageOf, type Problem, problemOf } from '@/api/problem'
import { type Answer, flush, forget, type Kept, keep, kept } from './outbox'

/** What came of sending one: the server's answer, or its refusal with the fields it complains about. */
export type Sent = { accepted: unknown } | 'later' | { refused: string; problem?: Problem }

/** Whoever sends and waits gets the answer itself; entries sent in the background have nobody waiting. */
const waiting = new Map<string, Sent | undefined>()

function tell(id: string, answer: Sent): void {
  if (waiting.has(id)) waiting.set(id, answer)
}

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
  if (response.ok) {
    tell(entry.id, { accepted: await response.json().catch(() => undefined) })
    return 'accepted'
  }
  // Signed out, throttled or overloaded: nothing is wrong with the record.
  if (response.status === 401 || response.status === 429 || response.status >= 500) return 'later'
  const problem = await problemOf(response)
  const refused = [messageOf(problem), ...Object.values(problem.fields)].join(' · ')
  tell(entry.id, { refused, problem })
  return { refused }
}

/** Keeps the record first and sends it then: it is safe whatever happens in between. */
export async function keepAndSend(entry: Kept): Promise<Sent> {
  await keep(entry)
  waiting.set(entry.id, undefined)
  try {
    // A flush that was already under way may have read its list before this entry was in it.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await flush(entry.userId, sendKept)
      const answer = waiting.get(entry.id) ?? (await elsewhere(entry))
      if (answer) return answer
    }
    return 'later'
  } finally {
    waiting.delete(entry.id)
  }
}

/** Another tab may have sent it: its answer went there, what came of it stands in the outbox. */
async function elsewhere(entry: Kept): Promise<Sent | undefined> {
  const still = (await kept(entry.userId)).find((other) => other.id === entry.id)
  if (!still) return { accepted: undefined }
  return still.refused ? { refused: still.refused } : undefined
}

/** Sends a corrected record in the place of a refused one, which is let go only when the new one is safe. */
export async function correctAndSend(refused: string, entry: Kept): Promise<Sent> {
  await keep(entry)
  await forget(refused)
  return keepAndSend(entry)
}
