/** Choices that many rooms offer: colleagues, departments, regions, records by name. */
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Schemas } from './client'

export type Hit = Schemas['Found']
export type Option = { value: string; label: string; hint?: string }

export async function searchPeople(text: string, signal?: AbortSignal): Promise<Option[]> {
  const query = { q: text || undefined, limit: 20 }
  const page = await call(api.GET('/api/v1/users', { params: { query }, signal }))
  return page.items
    .filter((user) => user.active)
    .map((user) => ({ value: user.id, label: user.name, hint: user.login }))
}

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: ({ signal }) => call(api.GET('/api/v1/users/{id}', { params: { path: { id } }, signal })),
    staleTime: 300_000,
  })

export async function searchRecords(text: string, kinds?: string, signal?: AbortSignal): Promise<Hit[]> {
  return (await call(api.GET('/api/v1/search', { params: { query: { q: text, kinds } }, signal }))).items
}

export async function searchCustomers(text: string, signal?: AbortSignal): Promise<Option[]> {
  if (!text) return []
  const hits = await searchRecords(text, 'customer', signal)
  return hits.map((hit) => ({ value: hit.id, label: hit.title, hint: hit.subtitle ?? undefined }))
}

export const departmentsQuery = queryOptions({
  queryKey: ['departments'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/departments', { signal }))).items,
  staleTime: 300_000,
})

/** What one may take out without asking, now. */
export const allowanceQuery = queryOptions({
  queryKey: ['releases', 'allowance'],
  queryFn: ({ signal }) => call(api.GET('/api/v1/releases/allowance', { signal })),
  staleTime: 0,
})

/** GB/T 2260, loaded once when the first form needs it. */
export const regionsQuery = queryOptions({
  queryKey: ['regions'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/regions', { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => call(api.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'done' || state.data?.state === 'failed' ? false : 1000),
  })
