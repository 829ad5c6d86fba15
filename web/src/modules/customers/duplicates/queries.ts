/** Likely duplicates at the server. */
import { queryOptions } from '@tanstack/react-query'
import { api, call, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'

export type Pair = Schemas['DuplicatePair']
export type Merge = Omit<Schemas['Merge'], 'kept'> & { kept: string[] }
type Versioned = { id: string; version: number }

export const duplicateKeys = {
  all: ['duplicates'] as const,
  one: (id: string) => ['duplicates', 'one', id] as const,
}

export function listPairs(query: ListQuery, signal?: AbortSignal): Promise<Page<Pair>> {
  return call(api.GET('/api/v1/duplicates', { params: { query: listParams(query) }, signal }))
}

export const pairQuery = (id: string) =>
  queryOptions({
    queryKey: duplicateKeys.one(id),
    queryFn: async ({ signal }) => (await listPairs({ filter: [['id', 'eq', id]], limit: 1 }, signal)).items[0] ?? null,
  })

/** The open pairs of one customer. */
export const pairsOfQuery = (customer: string) =>
  queryOptions({
    queryKey: [...duplicateKeys.all, 'of', customer],
    queryFn: async ({ signal }) => {
      const params = { path: { id: customer } }
      return (await call(api.GET('/api/v1/customers/{id}/duplicates', { params, signal }))).items
    },
  })

const at = (pair: Pair) => ({ params: { path: { id: pair.customer.id, pair: pair.id } } })

export function dismiss(pair: Pair, reason?: string): Promise<Pair> {
  return call(api.PUT('/api/v1/customers/{id}/duplicates/{pair}/dismissal', { ...at(pair), body: { reason } }))
}

export function reopen(pair: Pair): Promise<Pair> {
  return call(api.DELETE('/api/v1/customers/{id}/duplicates/{pair}/dismissal', at(pair)))
}

export async function startScan(): Promise<void> {
  await call(api.POST('/api/v1/duplicates/scan'))
}

/** Makes one customer part of another. */
export function merge(stays: Versioned, goes: Versioned, take: string[]): Promise<Merge> {
  const params = { path: { id: stays.id }, header: ifMatch(stays.version) }
  const body = { loser_id: goes.id, loser_version: goes.version, take }
  return call(api.POST('/api/v1/customers/{id}/merges', { params, body }))
}

export function undoMerge(merge: Merge): Promise<Merge> {
  const params = { path: { id: merge.customer_id, merge: merge.id } }
  return call(api.POST('/api/v1/customers/{id}/merges/{merge}/undo', { params }))
}

/** What has become part of a customer, newest first. */
export const mergesQuery = (customer: string) =>
  queryOptions({
    queryKey: [...duplicateKeys.all, 'merges', customer],
    queryFn: async ({ signal }): Promise<Merge[]> => {
      const params = { path: { id: customer }, query: { limit: 200 } }
      return (await call(api.GET('/api/v1/customers/{id}/merges', { params, signal }))).items
    },
  })
