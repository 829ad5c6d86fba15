/** The only file of this room that talks to the server. */
import { infiniteQueryOptions, queryOptions, useQueryClient } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'

export type Purpose = Schemas['ConsentPurpose']
export type Consents = Schemas['CustomerConsents']
export type Person = Schemas['ConsentPerson']
export type PurposeStanding = Schemas['PurposeStanding']
export type Standing = PurposeStanding['standing']
export type Consent = Schemas['ConsentView']
export type NewConsent = Schemas['NewConsent']
export type Request = Schemas['SubjectRequestView']
export type NewRequest = Schemas['NewSubjectRequest']
export type Detail = Schemas['SubjectRequestDetail']
export type Identity = Schemas['NewIdentity']

export const keys = {
  purposes: ['protection', 'purposes'] as const,
  requests: ['protection', 'requests'] as const,
  alarms: ['protection', 'alarms'] as const,
  consents: (customer: string) => ['customers', 'one', customer, 'consents'] as const,
}

const at = (id: string) => ({ params: { path: { id } } })
type Place = Pick<Request, 'customer_id' | 'id'>
const of = ({ customer_id, id }: Place) => ({ path: { id: customer_id, request: id } })

export const purposesQuery = queryOptions({
  queryKey: keys.purposes,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/consent_purposes', { signal }))).items,
  staleTime: 60_000,
})
export function createPurpose(body: Schemas['NewConsentPurpose'], key: string): Promise<Purpose> {
  return call(api.POST('/api/v1/consent_purposes', { body, headers: idempotent(key) }))
}
export function changePurpose({ key, version }: Purpose, body: Schemas['ConsentPurposeChange']): Promise<Purpose> {
  const params = { path: { key }, header: ifMatch(version) }
  return call(api.PATCH('/api/v1/consent_purposes/{key}', { params, body }))
}

export const consentsQuery = (customer: string) =>
  queryOptions({
    queryKey: keys.consents(customer),
    queryFn: ({ signal }) => call(api.GET('/api/v1/customers/{id}/consents', { ...at(customer), signal })),
  })
export function recordConsent(customer: string, body: NewConsent, key: string): Promise<Consent> {
  return call(api.POST('/api/v1/customers/{id}/consents', { ...at(customer), body, headers: idempotent(key) }))
}

export function listRequests(query: ListQuery, signal: AbortSignal): Promise<Page<Request>> {
  return call(api.GET('/api/v1/subject_requests', { params: { query: listParams(query) }, signal }))
}
/** The request about a customer that waits for its answer. */
export const waitingRequestQuery = (customer: string) =>
  queryOptions({
    queryKey: [...keys.requests, 'waiting', customer],
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify([
        ['customer', 'eq', customer],
        ['state', 'in', ['open']],
      ])
      const query = { filter, sort: 'received_at', limit: 1 }
      const page = await call(api.GET('/api/v1/subject_requests', { params: { query }, signal }))
      return page.items[0] ?? null
    },
  })
export const requestQuery = (place: Place) =>
  queryOptions({
    queryKey: [...keys.requests, 'one', place.id],
    queryFn: ({ signal }) =>
      call(api.GET('/api/v1/customers/{id}/subject_requests/{request}', { params: of(place), signal })),
  })
export const handlersQuery = queryOptions({
  queryKey: [...keys.requests, 'handlers'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/subject_request_handlers', { signal }))).items,
  staleTime: 60_000,
})
/** The people of a customer who can ask for something. */
export const peopleQuery = (customer: string) =>
  queryOptions({
    queryKey: ['customers', 'one', customer, 'contacts'],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/customers/{id}/contacts', { ...at(customer), signal }))).items,
  })

export function receiveRequest(customer: string, body: NewRequest, key: string): Promise<Request> {
  return call(api.POST('/api/v1/customers/{id}/subject_requests', { ...at(customer), body, headers: idempotent(key) }))
}
export function identify(request: Request, body: Identity): Promise<Request> {
  const params = { ...of(request), header: ifMatch(request.version) }
  return call(api.PUT('/api/v1/customers/{id}/subject_requests/{request}/identity', { params, body }))
}
export function answerRequest(request: Request, body: Schemas['SubjectRequestAnswer']): Promise<Request> {
  const params = { ...of(request), header: ifMatch(request.version) }
  return call(api.POST('/api/v1/customers/{id}/subject_requests/{request}/answer', { params, body }))
}
export function takeBack(request: Request, reason: string): Promise<Request> {
  const params = { ...of(request), header: ifMatch(request.version) }
  return call(api.POST('/api/v1/customers/{id}/subject_requests/{request}/withdrawal', { params, body: { reason } }))
}
export function restrict(request: Request, restricted: boolean): Promise<Detail> {
  const path = '/api/v1/customers/{id}/subject_requests/{request}/restriction'
  return restricted ? call(api.PUT(path, { params: of(request) })) : call(api.DELETE(path, { params: of(request) }))
}
export function copyOf(request: Request): Promise<Record<string, unknown>> {
  return call(api.POST('/api/v1/customers/{id}/subject_requests/{request}/copy', { params: of(request) }))
}

/** What is done here shows at customers and in duties too. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries()
}

export type Alarm = Schemas['AlarmView']
export type Bounds = Schemas['AlarmSetting']

export const alarmsQuery = infiniteQueryOptions({
  queryKey: keys.alarms,
  queryFn: async ({ pageParam, signal }) => {
    const query = pageParam ? { cursor: pageParam, limit: 30 } : { limit: 30 }
    return (await call(api.GET('/api/v1/alarms', { params: { query }, signal }))) as Page<Alarm>
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.next ?? undefined,
})

export const boundsQuery = queryOptions({
  queryKey: [...keys.alarms, 'setting'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/alarms/setting', { signal }))) as Bounds,
})

export function answerAlarm(alarm: Alarm, misuse: boolean, reason: string): Promise<Alarm> {
  const params = { path: { id: alarm.id }, header: ifMatch(alarm.version) }
  return call(api.POST('/api/v1/alarms/{id}/answer', { params, body: { misuse, reason } }))
}

export async function saveBounds({ version, ...body }: Bounds): Promise<void> {
  await call(api.PUT('/api/v1/alarms/setting', { params: { header: ifMatch(version ?? 0) }, body }))
}
