/** Saved views of a list. */
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Schemas } from './client'

export type SavedView = Schemas['ViewInfo']
export type SavedViewInput = Schemas['NewView']

export const viewsQuery = (list: string) =>
  queryOptions({
    queryKey: ['views', list],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/views', { params: { query: { list } }, signal }))).items,
    staleTime: 60_000,
  })

export function createView(body: SavedViewInput): Promise<SavedView> {
  return call(api.POST('/api/v1/views', { body }))
}

export function updateView(id: string, body: SavedViewInput): Promise<SavedView> {
  return call(api.PUT('/api/v1/views/{id}', { params: { path: { id } }, body }))
}

export async function deleteView(id: string): Promise<void> {
  await call(api.DELETE('/api/v1/views/{id}', { params: { path: { id } } }))
}
