/** Hand-overs at the server. */
import { queryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, call, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'

export type Handover = Schemas['Handover']
export type Step = Schemas['HandoverStep']
export type HandoverCustomer = Schemas['HandoverCustomer']
export type Checklist = Schemas['HandoverTemplate']
export type ChecklistItem = Schemas['HandoverItem']

export const handoverKeys = {
  all: ['handovers'] as const,
  one: (id: string) => ['handovers', 'one', id] as const,
  checklist: ['handovers', 'checklist'] as const,
}

const at = (id: string) => ({ params: { path: { id } } })

export function listHandovers(query: ListQuery, signal: AbortSignal): Promise<Page<Handover>> {
  return call(api.GET('/api/v1/handovers', { params: { query: listParams(query) }, signal }))
}

export const handoverQuery = (id: string) =>
  queryOptions({
    queryKey: handoverKeys.one(id),
    queryFn: ({ signal }) => call(api.GET('/api/v1/handovers/{id}', { ...at(id), signal })),
  })

/** The running hand-over that a customer is part of. */
export const handoverOfQuery = (customer: string) =>
  queryOptions({
    queryKey: [...handoverKeys.all, 'of', customer],
    queryFn: async ({ signal }) => {
      const found = await call(api.GET('/api/v1/customers/{id}/handovers', { ...at(customer), signal }))
      return found.items[0] ?? null
    },
  })

export function useHandoverCustomers(id: string) {
  return useInfiniteQuery({
    queryKey: [...handoverKeys.one(id), 'customers'],
    queryFn: ({ pageParam, signal }) => {
      const query = { cursor: pageParam, limit: 50 }
      return call(api.GET('/api/v1/handovers/{id}/customers', { params: { path: { id }, query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function tickHandover(id: string, item: string, done: boolean, customer_id?: string): Promise<Handover> {
  return call(api.PUT('/api/v1/handovers/{id}/ticks', { ...at(id), body: { item, done, customer_id } }))
}

export function noteHandover(id: string, note: string): Promise<Handover> {
  return call(api.PUT('/api/v1/handovers/{id}/note', { ...at(id), body: { note } }))
}

export function acceptHandover(id: string): Promise<Handover> {
  return call(api.POST('/api/v1/handovers/{id}/accept', at(id)))
}

export const checklistQuery = queryOptions({
  queryKey: handoverKeys.checklist,
  queryFn: ({ signal }) => call(api.GET('/api/v1/settings/handover', { signal })),
})

export function saveChecklist(items: ChecklistItem[], version: number): Promise<Checklist> {
  const params = { header: ifMatch(version) }
  return call(api.PUT('/api/v1/settings/handover', { params, body: { items } as never }))
}
