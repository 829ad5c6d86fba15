/** The only file of this room that talks to the server. */
import { queryOptions, useQueryClient } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page } from '@/api'
import { locale } from '@/i18n'
import type {
  Compliance,
  Duty,
  DutyRecord,
  Group,
  Policy,
  PolicySummary,
  RuleChange,
  Version,
  VersionRecord,
} from './model'

export const keys = {
  policies: ['policies'] as const,
  duties: ['duties'] as const,
  compliance: ['compliance'] as const,
}

/** Rules travel as free JSON; `model.ts` says what is in them. */
const as = async <T>(pending: Promise<unknown>): Promise<T> => (await pending) as T

const at = (id: string) => ({ params: { path: { id } } })

export const policiesQuery = queryOptions({
  queryKey: keys.policies,
  queryFn: async ({ signal }) =>
    (await as<{ items: PolicySummary[] }>(call(api.GET('/api/v1/policies', { signal })))).items,
})

export const policyQuery = (key: string) =>
  queryOptions({
    queryKey: [...keys.policies, key],
    queryFn: ({ signal }) => as<Policy>(call(api.GET('/api/v1/policies/{key}', { params: { path: { key } }, signal }))),
  })

export const versionQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.policies, 'version', id],
    queryFn: ({ signal }) => as<VersionRecord>(call(api.GET('/api/v1/policy-versions/{id}', { ...at(id), signal }))),
  })

export function adopt(policies: string[], key: string): Promise<unknown> {
  return call(api.POST('/api/v1/policies/adopt', { body: { keys: policies }, headers: idempotent(key) }))
}

export function createVersion(
  policy: string,
  body: { from_version: number; changes: RuleChange[]; note: string | null },
  key: string,
): Promise<Version> {
  return as(
    call(
      api.POST('/api/v1/policies/{key}/versions', {
        params: { path: { key: policy } },
        body,
        headers: idempotent(key),
      }),
    ),
  )
}

export function changeVersion(
  version: { id: string; version: number },
  body: { changes: RuleChange[]; note: string | null },
): Promise<Version> {
  const headers = ifMatch(version.version)
  return as(call(api.PATCH('/api/v1/policy-versions/{id}', { ...at(version.id), body, headers })))
}

export function submitVersion(id: string): Promise<unknown> {
  return call(api.POST('/api/v1/policy-versions/{id}/submit', at(id)))
}
export function withdrawVersion(id: string): Promise<unknown> {
  return call(api.POST('/api/v1/policy-versions/{id}/withdraw', at(id)))
}
export function approveVersion(id: string, effective_on: string): Promise<unknown> {
  return call(api.POST('/api/v1/policy-versions/{id}/approve', { ...at(id), body: { effective_on } }))
}
/** Begins to count what a version would change; answers the job. */
export async function countImpact(id: string): Promise<string> {
  return (await call(api.POST('/api/v1/policy-versions/{id}/impact', at(id)))).job_id
}
export function rejectVersion(id: string, reason: string): Promise<unknown> {
  return call(api.POST('/api/v1/policy-versions/{id}/reject', { ...at(id), body: { reason } }))
}

export function listDuties(query: ListQuery, signal: AbortSignal): Promise<Page<Duty>> {
  return as(call(api.GET('/api/v1/duties', { params: { query: listParams(query) }, signal })))
}

export const dutyQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.duties, 'one', id],
    queryFn: ({ signal }) => as<DutyRecord>(call(api.GET('/api/v1/duties/{id}', { ...at(id), signal }))),
  })

export function waiveDuty(id: string, reason: string): Promise<unknown> {
  return call(api.POST('/api/v1/duties/{id}/waive', { ...at(id), body: { reason } }))
}
export function pauseDuty(id: string, reason: string): Promise<unknown> {
  return call(api.POST('/api/v1/duties/{id}/pause', { ...at(id), body: { reason } }))
}
export function resumeDuty(id: string): Promise<unknown> {
  return call(api.POST('/api/v1/duties/{id}/resume', at(id)))
}
export function postponeDuty(id: string, until: string, reason: string): Promise<unknown> {
  return call(api.POST('/api/v1/duties/{id}/postpone', { ...at(id), body: { until, reason } }))
}

export type ComplianceQuestion = { from: string; to: string; group: Group; department?: string; clause?: string }

export const complianceQuery = (query: ComplianceQuestion) =>
  queryOptions({
    queryKey: [...keys.compliance, query],
    queryFn: ({ signal }) => as<Compliance>(call(api.GET('/api/v1/compliance', { params: { query }, signal }))),
  })

/** The table as a workbook; answers the job that writes it. */
export async function startComplianceExport(question: ComplianceQuestion): Promise<string> {
  const body = { question, format: 'xlsx' as const, language: locale() }
  return (await call(api.POST('/api/v1/compliance/export', { body }))).job_id
}

/** After anything that changes what is owed. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await Promise.all(Object.values(keys).map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}
