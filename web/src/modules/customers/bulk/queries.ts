/** Changes of many customers at the server. */
import { queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, type ListQuery, listParams, type Page, type Schemas } from '@/api'

export type Act = Schemas['BulkAct']
export type Selection = Schemas['BulkSelection']
export type Found = Schemas['BulkFound']
export type Preview = Omit<Schemas['BulkPreview'], 'reasons'> & { reasons: Record<string, number> }
export type Sample = Schemas['BulkSample']
export type Bulk = Schemas['BulkChange']
export type BulkRow = Schemas['BulkRow']

export const bulkKeys = {
  all: ['bulk_changes'] as const,
  one: (id: string) => ['bulk_changes', 'one', id] as const,
}

/** All that a view shows, whatever its order and columns. */
export const selectionOf = (query: Pick<ListQuery, 'filter' | 'q'>): Selection => ({
  filter: query.filter as never,
  q: query.q,
})

export function countAll(query: Pick<ListQuery, 'filter' | 'q'>, most?: number): Promise<Found> {
  return call(api.POST('/api/v1/customers/bulk/count', { params: { query: { most } }, body: selectionOf(query) }))
}

/** How many a view shows, counted up to some thousands. */
export const countQuery = ({ filter, q }: Pick<ListQuery, 'filter' | 'q'>) =>
  queryOptions({
    queryKey: ['customers', 'count', { filter, q }],
    queryFn: () => countAll({ filter, q }),
    staleTime: 30_000,
  })

export async function previewBulk(selection: Selection, act: Act): Promise<Preview> {
  return (await call(api.POST('/api/v1/customers/bulk/preview', { body: { selection, act } }))) as Preview
}

export function startBulk(selection: Selection, act: Act, key: string): Promise<Bulk> {
  return call(api.POST('/api/v1/customers/bulk', { body: { selection, act }, headers: idempotent(key) }))
}

export function undoBulk(id: string): Promise<Bulk> {
  return call(api.POST('/api/v1/bulk_changes/{id}/undo', { params: { path: { id } } }))
}

export function resumeBulk(id: string): Promise<Bulk> {
  return call(api.POST('/api/v1/bulk_changes/{id}/resume', { params: { path: { id } } }))
}

export function listBulk(query: ListQuery, signal: AbortSignal): Promise<Page<Bulk>> {
  return call(api.GET('/api/v1/bulk_changes', { params: { query: listParams(query) }, signal }))
}

export const isBusy = (bulk: Bulk) => !bulk.failed && ['gathering', 'running', 'undoing'].includes(bulk.state)

/** Asked again while it is under way. */
export const bulkQuery = (id: string) =>
  queryOptions({
    queryKey: bulkKeys.one(id),
    queryFn: ({ signal }) => call(api.GET('/api/v1/bulk_changes/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 1000 : false),
  })

export const rowsQuery = (id: string, state: BulkRow['state']) =>
  queryOptions({
    queryKey: [...bulkKeys.one(id), 'rows', state],
    queryFn: ({ signal }) => {
      const query = listParams({ filter: [['state', 'eq', state]], limit: 200 })
      return call(api.GET('/api/v1/bulk_changes/{id}/rows', { params: { path: { id }, query }, signal }))
    },
  })
