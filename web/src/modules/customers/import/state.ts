/** Which column of a sheet becomes which field: what may be chosen, what is still wrong, what the server is sent. */
import type { ImportColumn, ImportMapping, ImportPreview } from '../queries'

export const customerFields = [
  'name',
  'short_name',
  'kind',
  'grade',
  'owner',
  'credit_code',
  'industry',
  'region',
  'address',
  'website',
  'phone',
  'email',
  'wechat',
  'id_number',
  'staff_count',
  'annual_revenue_fen',
  'founded_on',
  'main_business',
  'organisation',
  'source',
  'tags',
  'cooperation_since',
  'preferences',
  'core_need',
  'notes',
  'created_at',
] as const
export const contactFields = [
  'contact.name',
  'contact.salutation',
  'contact.position',
  'contact.department',
  'contact.phone',
  'contact.email',
  'contact.wechat',
  'contact.decision_maker',
  'contact.authority',
] as const

/** Column index → field; columns that are left out are not in it. */
export type Mapping = Readonly<Record<number, string>>

export function mappingOf(columns: readonly ImportColumn[]): Mapping {
  return Object.fromEntries(columns.flatMap(({ index, field }) => (field ? [[index, field]] : [])))
}

export function assign(mapping: Mapping, index: number, field: string | null): Mapping {
  const { [index]: _, ...rest } = mapping
  return field ? { ...rest, [index]: field } : rest
}

export type Fault = { kind: 'need_name' } | { kind: 'twice'; field: string }

/** What must be settled before the data can be checked. */
export function faultsOf(mapping: Mapping): Fault[] {
  const fields = Object.values(mapping)
  const twice = [...new Set(fields.filter((field, at) => fields.indexOf(field) !== at))]
  const faults: Fault[] = twice.map((field) => ({ kind: 'twice', field }))
  return fields.includes('name') ? faults : [{ kind: 'need_name' }, ...faults]
}

export type Duplicates = ImportMapping['duplicates']
export type Defaults = { owner_id: string | null; source: string | null; grade: string | null }

export function bodyOf(
  columns: readonly ImportColumn[],
  mapping: Mapping,
  duplicates: Duplicates,
  defaults: Defaults,
): ImportMapping {
  const given = Object.entries(defaults).filter(([, value]) => value !== null)
  return {
    columns: columns.map(({ index }) => ({ index, field: mapping[index] ?? null })),
    duplicates,
    defaults: Object.fromEntries(given),
  }
}

type Row = ImportPreview['rows'][number]

/** The code of what is wrong with a cell; problems of fields without a column belong to the row. */
export function problemsOf(row: Row, columns: readonly ImportColumn[], mapping: Mapping) {
  const place = new Map(columns.map(({ index }, at) => [mapping[index], at]))
  const cells = new Map<number, string[]>()
  const whole: Row['problems'] = []
  for (const problem of row.problems) {
    const at = place.get(problem.field)
    if (at === undefined) whole.push(problem)
    else cells.set(at, [...(cells.get(at) ?? []), problem.code])
  }
  return { cells, whole }
}

export const steps = ['file', 'map', 'check', 'run'] as const
export type Step = (typeof steps)[number]

/** The step of an address: never further than what is there. */
export function stepOf({ id, job, step }: { id?: string; job?: string; step?: string }): Step {
  if (!id) return 'file'
  if (job) return 'run'
  return step === 'check' ? 'check' : 'map'
}
