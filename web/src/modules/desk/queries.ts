/** The only file of this room that talks to the server. */
import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'
import { locale } from '@/i18n'

export type CaseLine = Schemas['CaseLine']
export type Case = Schemas['CaseView']
export type Entry = Schemas['CaseEntry']
export type Clock = Schemas['Clock']
export type Act = Schemas['CaseAct']
export type NewCaseInput = Schemas['NewCase']
export type CaseChange = Schemas['CaseChange']
export type Filed = Schemas['CaseFiled']
export type Kind = CaseLine['kind']
export type State = CaseLine['state']
export type Channel = CaseLine['channel']
export type Step = Entry['step']
export type Outcome = Schemas['FollowUpOutcome']

export const keys = { cases: ['cases'] as const }

export function listCases(query: ListQuery, signal: AbortSignal): Promise<Page<CaseLine>> {
  return call(api.GET('/api/v1/cases', { params: { query: listParams(query) }, signal }))
}

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.cases, 'one', id],
    queryFn: ({ signal }) => call(api.GET('/api/v1/cases/{id}', { params: { path: { id } }, signal })),
  })

/** What was said and done before an entry. */
export async function entriesBefore(id: string, before: number): Promise<Entry[]> {
  const params = { path: { id }, query: { before } }
  return (await call(api.GET('/api/v1/cases/{id}/entries', { params }))).items
}

/** What the words of a customer speak for. */
export const suggestionQuery = (text: string) =>
  queryOptions({
    queryKey: ['case-suggestion', text],
    queryFn: ({ signal }) => call(api.POST('/api/v1/cases/suggestion', { body: { text }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** The cases of a customer, the latest first. */
export const casesOfQuery = (customer: string) =>
  queryOptions({
    queryKey: [...keys.cases, 'of', customer],
    queryFn: ({ signal }) => listCases({ filter: [['customer', 'eq', customer]], limit: 50 }, signal),
  })

export function openCase(body: NewCaseInput, key: string): Promise<Filed> {
  return call(api.POST('/api/v1/cases', { body, headers: idempotent(key) }))
}

export function changeCase(one: Pick<Case, 'id' | 'version'>, body: CaseChange): Promise<Filed> {
  const params = { path: { id: one.id }, header: ifMatch(one.version) }
  return call(api.PATCH('/api/v1/cases/{id}', { params, body }))
}

export function doAct(id: string, body: Act, key: string): Promise<Filed> {
  const params = { path: { id } }
  return call(api.POST('/api/v1/cases/{id}/acts', { params, body, headers: idempotent(key) }))
}

export async function removeCase(id: string): Promise<void> {
  await call(api.DELETE('/api/v1/cases/{id}', { params: { path: { id } } }))
}

/** The closing letter as it is proposed, in the words of the console. */
export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.cases, 'letter', id, locale()],
    queryFn: async ({ signal }) => {
      const params = { path: { id }, query: { language: locale() } }
      return (await call(api.GET('/api/v1/cases/{id}/letter', { params, signal }))).content
    },
  })

export function revealCaller(id: string, field: 'caller_phone' | 'caller_email', reason: string) {
  return call(api.POST('/api/v1/cases/{id}/reveal', { params: { path: { id } }, body: { field, reason } }))
}

/** A case of that number, or nothing. */
export async function searchCases(text: string, signal?: AbortSignal) {
  const page = await listCases({ q: text || undefined, limit: 20 } as ListQuery, signal ?? new AbortController().signal)
  return page.items.map((one) => ({ value: one.id, label: `${one.number} ${one.subject}` }))
}

/** After something was done: everything that shows it. */
export function useRefresh(): (customer?: string) => Promise<void> {
  const client = useQueryClient()
  return async (customer) => {
    const touched: (readonly unknown[])[] = [keys.cases, ['duties'], ['today']]
    if (customer) touched.push(['customers', 'one', customer])
    await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}
