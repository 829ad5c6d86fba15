/** The recycle bin: what every room removes can be brought back from there. */
import { api, call, type Schemas } from './client'
import { type ListQuery, listParams, type Page } from './lists'

export type BinItem = Schemas['BinItem']

export function listBin(query: ListQuery, signal: AbortSignal): Promise<Page<BinItem>> {
  return call(api.GET('/api/v1/bin', { params: { query: listParams(query) }, signal }))
}

export async function restoreRemoved(id: string): Promise<void> {
  await call(api.POST('/api/v1/bin/{id}/restore', { params: { path: { id } } }))
}

export async function purgeRemoved(id: string, reason: string): Promise<void> {
  await call(api.POST('/api/v1/bin/{id}/purge', { params: { path: { id } }, body: { reason } }))
}
