/** Who saw a customer, at the server. */
import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, call } from '@/api'
import { locale } from '@/i18n'
import { keys } from '../queries'

export const sightsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.all, id, 'sights'],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam ? { before: pageParam } : {}
      return call(api.GET('/api/v1/customers/{id}/sights', { params: { path: { id }, query }, signal }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    // Whoever asks wants to know it now.
    staleTime: 0,
  })

export async function exportSights(id: string): Promise<string> {
  const body = { format: 'xlsx' as const, language: locale() }
  return (await call(api.POST('/api/v1/customers/{id}/sights/export', { params: { path: { id } }, body }))).job_id
}
