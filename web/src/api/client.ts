/** The one typed door to the server. Only `queries.ts` of a room calls it. */
import createClient, { type Middleware } from 'openapi-fetch'
import { locale } from '@/i18n'
import { Offline, Problem, type ProblemBody } from './problem'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

const lost = new Set<() => void>()
/** Called when the session has ended while working. */
export function onSessionLost(listener: () => void): () => void {
  lost.add(listener)
  return () => lost.delete(listener)
}

const initial = new Set<() => void>()
/** Called when the server wants a new password before anything else. */
export function onPasswordNeeded(listener: () => void): () => void {
  initial.add(listener)
  return () => initial.delete(listener)
}

const conventions: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', locale() === 'zh' ? 'zh-CN' : 'en')
    if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
      request.headers.set('Idempotency-Key', newKey())
    }
    return request
  },
  onResponse({ request, response }) {
    // A wrong password at login is an answer, not a lost session.
    const atLogin = new URL(request.url).pathname === '/api/v1/session'
    if (response.status === 401 && !atLogin) for (const listener of lost) listener()
  },
  onError() {
    return new Offline()
  },
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin,
  // Looked up at each call, so that tests can answer for the server.
  fetch: (request) => globalThis.fetch(request),
})
api.use(conventions)

export function newKey(): string {
  return crypto.randomUUID()
}

/** The header of a change to a record that carries a version: `params: { header: ifMatch(3) }`. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}

/** Headers of a POST that a form may send again: the same key makes it count once. */
export function idempotent(key: string): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key }
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The body of a good answer; anything else is thrown as a `Problem`. */
export async function call<T>(pending: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await pending
  if (response.ok) return data as T
  const body = typeof error === 'object' && error !== null ? (error as Partial<ProblemBody>) : {}
  const requestId = body.request_id ?? response.headers.get('x-request-id')
  if (body.code === 'password.change_needed') for (const listener of initial) listener()
  throw new Problem({ ...body, request_id: requestId, status: response.status })
}

/** Fetches a file as if its link had been clicked. */
export function download(path: string): void {
  const link = document.createElement('a')
  link.href = path
  link.download = ''
  link.click()
}

/** What came of an export: a file, or a file that waits for a second person. */
export type ExportResult = {
  file?: unknown
  waits?: unknown
  deciders?: unknown
  asked?: unknown
  rows?: unknown
  code?: unknown
}

/** Says what an export is for, so that those who may approve it are asked. */
export function explainExport(file: unknown, purpose: string): Promise<Schemas['ReleaseView']> {
  return call(api.POST('/api/v1/releases/{id}/purpose', { params: { path: { id: String(file) } }, body: { purpose } }))
}

/** Fetches the file of an export, by a link that works once. */
export async function takeOut(file: unknown): Promise<void> {
  const { path } = await call(api.POST('/api/v1/exports/{id}/link', { params: { path: { id: String(file) } } }))
  download(path)
}
