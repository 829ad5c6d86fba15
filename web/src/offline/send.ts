/** How a kept record is sent: as itself, with its own key. */
import { messageOf, type Problem, problemOf } from '@/api/problem'
import { type Answer, flush, forget, type Kept, type KeptFile, keep, kept } from './outbox'

/** What came of sending one: the server's answer, or its refusal with the fields it complains about. */
export type Sent = { accepted: unknown } | 'later' | { refused: string; problem?: Problem }

/** Whoever sends and waits gets the answer itself; entries sent in the background have nobody waiting. */
const waiting = new Map<string, Sent | undefined>()

function tell(id: string, answer: Sent): void {
  if (waiting.has(id)) waiting.set(id, answer)
}

export async function sendKept(entry: Kept): Promise<Answer> {
  if (entry.filesTo) return sendFiles(entry, entry.filesTo)
  const headers = { 'Content-Type': 'application/json' }
  const answer = await post(entry.path, entry.id, JSON.stringify(entry.body), headers)
  if (answer === 'later') return 'later'
  tell(entry.id, answer)
  if ('refused' in answer) return { refused: answer.refused }
  if (!entry.files?.length) return 'accepted'
  // From here on only the files are owed: whoever waits is told that the record is there.
  const rest = { ...entry, filesTo: placeOfFiles(entry.path, answer.accepted) }
  await keep(rest)
  return sendFiles(rest, rest.filesTo)
}

/** A record of a contact lies below its customer, and its files beside it. */
function placeOfFiles(path: string, made: unknown): string {
  const customer = path.slice(0, path.lastIndexOf('/'))
  const query = new URLSearchParams({ of_kind: 'interaction', of_id: (made as { id?: string } | undefined)?.id ?? '' })
  return `${customer}/attachments?${query}`
}

async function sendFiles(entry: Kept, to: string): Promise<Answer> {
  let left = entry.files ?? []
  for (const file of left) {
    const form = new FormData()
    form.append('file', new File([file.data], file.name, { type: file.type }))
    const answer = await post(to, file.key, form)
    if (answer === 'later') return 'later'
    if ('refused' in answer) return { refused: `${file.name}: ${answer.refused}` }
    left = left.filter((other: KeptFile) => other.key !== file.key)
    await keep({ ...entry, files: left })
  }
  return 'accepted'
}

async function post(path: string, key: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Sent> {
  let response: Response
  try {
    response = await globalThis.fetch(path, { method: 'POST', headers: { ...headers, 'Idempotency-Key': key }, body })
  } catch {
    return 'later'
  }
  if (response.ok) return { accepted: await response.json().catch(() => undefined) }
  // Signed out, throttled or overloaded: nothing is wrong with the record.
  if (response.status === 401 || response.status === 429 || response.status >= 500) return 'later'
  const problem = await problemOf(response)
  return { refused: [messageOf(problem), ...Object.values(problem.fields)].join(' · '), problem }
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
