/** The only file of this room that talks to the server. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'
import type { Week } from './week'

export type Session = Schemas['SessionView']
export type Token = Schemas['TokenView']
export type Job = Schemas['JobView']
export type Notification = Schemas['NotificationView']
export type AuditEntry = Schemas['EntryView'] & { names: Record<string, string> }
export type Verdict = Schemas['Verdict']
export type Day = Schemas['Day']

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => call(api.GET('/api/v1/sessions', { signal })),
})

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => call(api.GET('/api/v1/tokens', { signal })),
})

const at = (id: string) => ({ params: { path: { id } } })

export const endSession = (id: string) => call(api.DELETE('/api/v1/sessions/{id}', at(id)))
export const revokeToken = (id: string) => call(api.DELETE('/api/v1/tokens/{id}', at(id)))
export const createToken = (name: string, key: string) =>
  call(api.POST('/api/v1/tokens', { body: { name }, headers: idempotent(key) }))
export const changePassword = (body: { old: string; new: string }) => call(api.POST('/api/v1/me/password', { body }))
export const startTotp = () => call(api.POST('/api/v1/me/totp'))
export const confirmTotp = (code: string) => call(api.PUT('/api/v1/me/totp', { body: { code } }))
export const stopTotp = () => call(api.DELETE('/api/v1/me/totp'))

export type Override = { date: string; kind: 'off' | 'work'; intervals?: [string, string][]; note?: string }
export type Settings = {
  company: string
  time_zone: string
  working_week: Week
  national: string | null
  overrides: Override[]
  bin_days: number
  export_rows: number
  attachments: { most_mib: number; scanner: string | null }
  version: number
}

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  // Hours are pairs and days are seven, which the description of the interface cannot say.
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/settings', { signal }))) as unknown as Settings,
})

export function saveSettings({ version, ...body }: Settings): Promise<unknown> {
  return call(api.PUT('/api/v1/settings', { params: { header: ifMatch(version) }, body }))
}

export const calendarQuery = (year: number) =>
  queryOptions({
    queryKey: ['settings', 'calendar', year],
    queryFn: async ({ signal }) => {
      const query = { from: `${year}-01-01`, to: `${year}-12-31` }
      return (await call(api.GET('/api/v1/calendar', { params: { query }, signal }))).items
    },
  })

export async function uploadTable(table: unknown, key: string): Promise<number> {
  const body = table as Schemas['Table']
  return (await call(api.POST('/api/v1/calendar/tables', { body, headers: idempotent(key) }))).year
}

export async function listAudit({ q: _, ...query }: ListQuery, signal: AbortSignal): Promise<Page<AuditEntry>> {
  const page = await call(api.GET('/api/v1/audit', { params: { query: listParams(query) }, signal }))
  return { next: page.next, items: page.items.map((entry) => ({ ...entry, names: page.names })) }
}
export const verifyAudit = () => call(api.GET('/api/v1/audit/verify'))

export const jobsQuery = (mine: boolean) =>
  queryOptions({
    queryKey: ['jobs', mine],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/jobs', { params: { query: mine ? { mine: 1 } : {} }, signal }))).items,
    refetchInterval: ({ state }) =>
      state.data?.some((job) => job.state === 'queued' || job.state === 'running') ? 2000 : false,
  })

export const notificationsQuery = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ pageParam, signal }) =>
    call(api.GET('/api/v1/notifications', { params: { query: { cursor: pageParam, limit: 30 } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
})
export const markRead = (body: { ids?: string[]; all?: boolean }) =>
  call(api.POST('/api/v1/notifications/read', { body }))

export type CustomFieldView = Schemas['CustomFieldView']

/** All of them with their versions, also removed ones: for whoever looks after them. */
export const allCustomFieldsQuery = queryOptions({
  queryKey: ['custom_fields', 'all'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/settings/custom_fields', { signal }))).items,
})

const keyed = (key: string) => ({ params: { path: { key } } })

export function createCustomField(body: Schemas['NewCustomField'], key: string): Promise<CustomFieldView> {
  return call(api.POST('/api/v1/settings/custom_fields', { body, headers: idempotent(key) }))
}

export function changeCustomField(
  field: CustomFieldView,
  body: Schemas['CustomFieldChange'],
): Promise<CustomFieldView> {
  const params = { path: { key: field.key }, header: ifMatch(field.version ?? 1) }
  return call(api.PATCH('/api/v1/settings/custom_fields/{key}', { params, body }))
}

export const removeCustomField = (key: string) => call(api.DELETE('/api/v1/settings/custom_fields/{key}', keyed(key)))
export const restoreCustomField = (key: string) =>
  call(api.POST('/api/v1/settings/custom_fields/{key}/restore', keyed(key)))
export const orderCustomFields = (keys: string[]) => call(api.PUT('/api/v1/settings/custom_fields', { body: { keys } }))

export type Release = Schemas['ReleaseView']
export type Trace = Schemas['Trace']

export const releasesQuery = infiniteQueryOptions({
  queryKey: ['releases'],
  queryFn: async ({ pageParam, signal }) => {
    const query = pageParam ? { cursor: pageParam, limit: 30 } : { limit: 30 }
    return (await call(api.GET('/api/v1/releases', { params: { query }, signal }))) as Page<Release>
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.next ?? undefined,
})

/** What waits to be decided, the oldest first. */
export const waitingQuery = queryOptions({
  queryKey: [...releasesQuery.queryKey, 'waiting'],
  queryFn: async ({ signal }) => {
    const query = { filter: JSON.stringify([['state', 'eq', 'waiting']]), sort: 'asked_at', limit: 100 }
    return ((await call(api.GET('/api/v1/releases', { params: { query }, signal }))) as Page<Release>).items
  },
})

export const withdrawRelease = (id: string) => call(api.POST('/api/v1/releases/{id}/withdrawal', at(id)))

export function decideRelease(release: Release, approve: boolean, reason: string | null): Promise<Release> {
  const params = { path: { id: release.id }, header: ifMatch(release.version) }
  return call(api.POST('/api/v1/releases/{id}/decision', { params, body: { approve, reason } }))
}

export function traceFile(file: File): Promise<Trace> {
  const form = new FormData()
  form.append('file', file)
  return call(api.POST('/api/v1/releases/trace', { body: form as never }))
}
