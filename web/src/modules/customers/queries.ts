/** The only file of this room that talks to the server. */
import { queryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'

export type Customer = Schemas['Customer']
export type CustomerInput = Schemas['CustomerInput']
export type Contact = Schemas['Contact']
export type ContactInput = Schemas['ContactInput']
export type TimelineItem = Schemas['TimelineItem']
export type Duplicate = Schemas['Duplicate']

export const keys = {
  all: ['customers'] as const,
  one: (id: string) => ['customers', 'one', id] as const,
}

const at = (id: string) => ({ params: { path: { id } } })

export function listCustomers(query: ListQuery, signal: AbortSignal): Promise<Page<Customer>> {
  return call(api.GET('/api/v1/customers', { params: { query: listParams(query) }, signal }))
}

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => call(api.GET('/api/v1/customers/{id}', { ...at(id), signal })),
  })

export const contactsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'contacts'],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/customers/{id}/contacts', { ...at(id), signal }))).items,
  })

export const dutiesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'duties'],
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify([
        ['customer', 'eq', id],
        ['state', 'eq', 'open'],
      ])
      return (
        await call(api.GET('/api/v1/duties', { params: { query: { filter, sort: 'due_at', limit: 20 } }, signal }))
      ).items
    },
  })

export function useTimeline(id: string, kinds: string[]) {
  return useInfiniteQuery({
    queryKey: [...keys.one(id), 'timeline', kinds],
    queryFn: ({ pageParam, signal }) => {
      const query = { cursor: pageParam, kinds: kinds.join(',') || undefined }
      return call(api.GET('/api/v1/customers/{id}/timeline', { params: { path: { id }, query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function createCustomer(body: CustomerInput, key: string): Promise<Customer> {
  return call(api.POST('/api/v1/customers', { body, headers: idempotent(key) }))
}

export function updateCustomer(customer: Customer, body: CustomerInput): Promise<Customer> {
  return call(api.PATCH('/api/v1/customers/{id}', { ...at(customer.id), body, headers: ifMatch(customer.version) }))
}

export function findDuplicates(body: { name: string; credit_code?: string; phone?: string }): Promise<Duplicate[]> {
  return call(api.POST('/api/v1/customers/duplicates', { body }))
}

export function setGrade(customer: Customer, grade: string, reason: string): Promise<Customer> {
  return call(
    api.PUT('/api/v1/customers/{id}/grade', {
      ...at(customer.id),
      body: { grade, reason },
      headers: ifMatch(customer.version),
    }),
  )
}

export function setOwner(customer: Customer, owner_id: string, reason: string): Promise<Customer> {
  return call(
    api.PUT('/api/v1/customers/{id}/owner', {
      ...at(customer.id),
      body: { owner_id, reason },
      headers: ifMatch(customer.version),
    }),
  )
}

export function reveal(
  id: string,
  field: string,
  reason: string,
  contact_id?: string,
): Promise<{ value: string; until: string }> {
  return call(api.POST('/api/v1/customers/{id}/reveal', { ...at(id), body: { field, reason, contact_id } }))
}

export function createContact(customerId: string, body: ContactInput, key: string): Promise<Contact> {
  return call(api.POST('/api/v1/customers/{id}/contacts', { ...at(customerId), body, headers: idempotent(key) }))
}

export async function startExport(query: Omit<ListQuery, 'cursor' | 'limit'>, columns: string[]): Promise<string> {
  const body = { filter: query.filter, sort: query.sort, q: query.q, columns, format: 'xlsx' as const }
  return (await call(api.POST('/api/v1/customers/export', { body }))).job_id
}

/** After a change: the lists, and the record with all that hangs on it. */
export function useRefresh(): (id?: string) => Promise<void> {
  const client = useQueryClient()
  return async (id) => {
    await client.invalidateQueries({ queryKey: id ? keys.one(id) : keys.all })
    if (id) await client.invalidateQueries({ queryKey: [...keys.all, 'list'] })
  }
}
