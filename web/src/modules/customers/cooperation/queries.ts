/** Orders, contracts and renewals at the server. */
import { queryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type Schemas } from '@/api'
import { keys } from '../queries'

export type Cooperation = Schemas['CooperationView']
export type CooperationInput = Schemas['NewCooperation']
export type Totals = Schemas['CooperationTotals']

const key = (id: string) => [...keys.one(id), 'cooperation'] as const

export const totalsQuery = (id: string) =>
  queryOptions({
    queryKey: [...key(id), 'totals'],
    queryFn: ({ signal }) =>
      call(api.GET('/api/v1/customers/{id}/cooperation/totals', { params: { path: { id } }, signal })),
  })

export function useCooperation(id: string) {
  return useInfiniteQuery({
    queryKey: [...key(id), 'list'],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { id }, query: { cursor: pageParam, limit: 30 } }
      return call(api.GET('/api/v1/customers/{id}/cooperation', { params, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

export function recordCooperation(id: string, body: CooperationInput, once: string): Promise<Cooperation> {
  const options = { params: { path: { id } }, body, headers: idempotent(once) }
  return call(api.POST('/api/v1/customers/{id}/cooperation', options))
}

const at = ({ customer_id, id }: Cooperation) => ({ id: customer_id, record: id })

export function changeCooperation(record: Cooperation, body: Schemas['CooperationPatch']): Promise<Cooperation> {
  const params = { path: at(record), header: ifMatch(record.version) }
  return call(api.PATCH('/api/v1/customers/{id}/cooperation/{record}', { params, body }))
}

export async function removeCooperation(record: Cooperation): Promise<void> {
  await call(api.DELETE('/api/v1/customers/{id}/cooperation/{record}', { params: { path: at(record) } }))
}
