import { queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, type Schemas } from '@/api'

export type Session = Schemas['Session']
export type Token = Schemas['Token']

/** A list answers either a page or the bare rows. */
const rows = <T>(answer: { items: T[] } | T[]): T[] => (Array.isArray(answer) ? answer : answer.items)

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) => rows(await call(api.GET('/api/v1/sessions', { signal }))),
})

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => rows(await call(api.GET('/api/v1/tokens', { signal }))),
})

export const endSession = (id: string) => call(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }))
export const revokeToken = (id: string) => call(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }))
export const createToken = (name: string, key: string) =>
  call(api.POST('/api/v1/tokens', { body: { name }, headers: idempotent(key) }))
export const changePassword = (body: { old: string; new: string }) => call(api.POST('/api/v1/me/password', { body }))
export const startTotp = () => call(api.POST('/api/v1/me/totp'))
export const confirmTotp = (code: string) => call(api.PUT('/api/v1/me/totp', { body: { code } }))
export const stopTotp = () => call(api.DELETE('/api/v1/me/totp'))
