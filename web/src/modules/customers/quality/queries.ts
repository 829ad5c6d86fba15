/** The data-quality board at the server. */
import { queryOptions } from '@tanstack/react-query'
import { api, call, type Schemas } from '@/api'
import type { Contact } from '../queries'
import { keys } from '../queries'
import type { Counts, Flaw } from './flaws'

export type Group = Omit<Schemas['QualityGroup'], 'counts'> & { counts: Counts }
export type Week = Omit<Schemas['QualityWeek'], 'counts'> & { counts: Counts }
export type Board = Omit<Schemas['QualityBoard'], 'flaws' | 'groups' | 'weeks'> & {
  flaws: Flaw[]
  groups: Group[]
  weeks: Week[]
}
export type { Flaw }

export const boardQuery = queryOptions({
  queryKey: [...keys.all, 'quality'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/quality', { signal }))) as Board,
})

export async function setStaleDays(stale_days: number): Promise<void> {
  await call(api.PUT('/api/v1/quality/setting', { body: { stale_days } }))
}

type Way = 'phone' | 'email'

const at = (contact: Contact, way: Way) => ({
  params: { path: { id: contact.customer_id, cid: contact.id, way } },
})

export function markInvalid(contact: Contact, way: Way): Promise<Contact> {
  return call(api.PUT('/api/v1/customers/{id}/contacts/{cid}/invalid/{way}', at(contact, way)))
}

export function unmarkInvalid(contact: Contact, way: Way): Promise<Contact> {
  return call(api.DELETE('/api/v1/customers/{id}/contacts/{cid}/invalid/{way}', at(contact, way)))
}
