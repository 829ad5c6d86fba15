/** Who is signed in, and what they may do. The server decides; the console only hides what would be refused. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { setServerNow, setZone } from '@/i18n'
import { api, call, type Schemas } from './client'

export type Me = Schemas['Me']
export type Action =
  | 'read'
  | 'create'
  | 'update'
  | 'delete'
  | 'assign'
  | 'export'
  | 'import'
  | 'reveal'
  | 'approve'
  | 'manage'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => adopt(await call(api.GET('/api/v1/me', { signal }))),
  staleTime: 60_000,
  retry: false,
})

/** Formatters follow the company's zone and the server's clock from the moment a session is known. */
export function adopt(me: Me): Me {
  setZone(me.company.time_zone)
  setServerNow(me.now)
  return me
}

export function can(me: Me | undefined, entity: string, action: Action): boolean {
  const scope = me?.permissions[entity]?.[action]
  return scope !== undefined && scope !== 'none'
}

/** Hidden, masked, read or edit, per role and field; a field nobody mentions is ordinary. */
export function fieldAccess(me: Me | undefined, field: string): 'hidden' | 'masked' | 'read' | 'edit' {
  const access = me?.fields[field]
  return access === 'hidden' || access === 'masked' || access === 'read' ? access : 'edit'
}

export function useMe(): Me | undefined {
  return useQuery({ ...meQuery, enabled: false }).data
}

/** `const can = useCan(); can('customer', 'create')` */
export function useCan(): (entity: string, action: Action) => boolean {
  const me = useMe()
  return useCallback((entity, action) => can(me, entity, action), [me])
}

export function useSetMe(): (me: Me) => void {
  const client = useQueryClient()
  return useCallback((me) => client.setQueryData(meQuery.queryKey, adopt(me)), [client])
}
