/** Which column of a sheet becomes which field: what may be chosen, what is still wrong, what the server is sent. */
import type { Ground, ImportColumn, ImportMapping, ImportProblem as Problem, ImportRow as Row } from '../queries'
import type { Subject } from './subject'

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

/** Fields of an order, a contract or a renewal. */
export const cooperationFields = [
  'customer',
  'customer_number',
  'credit_code',
  'kind',
  'number',
  'happened_on',
  'items',
  'amount_fen',
  'starts_on',
  'ends_on',
  'contract_number',
  'state',
  'problems',
  'external_id',
].map((field) => `cooperation.${field}`)
/** What tells whose order it is. */
const whose = ['cooperation.customer', 'cooperation.customer_number', 'cooperation.credit_code']

const contactFields = [
  'name',
  'salutation',
  'position',
  'department',
  'phone',
  'email',
  'wechat',
  'decision_maker',
  'authority',
  'birthday',
  'preferences',
] as const
/** A sheet can hold several contacts of a customer side by side: 联系人1, 手机1, 联系人2 … */
const SLOTS_MOST = 9

/** The contacts that may be chosen: as many as the sheet seems to have, and one more. */
export function contactTargets(
  columns: readonly ImportColumn[],
  mapping: Mapping,
  added: readonly string[] = [],
): string[][] {
  const fields = [...columns.map((column) => column.field ?? ''), ...Object.values(mapping)]
  const slots = Math.min(SLOTS_MOST, Math.max(1, ...fields.map(slotOf)) + 1)
  return Array.from({ length: slots }, (_, at) =>
    [...contactFields, ...added].map((field) => `contact${at === 0 ? '' : at + 1}.${field}`),
  )
}

/** `contact2.phone` → 2, `contact.phone` → 1, `phone` → 0. */
export function slotOf(field: string): number {
  const match = /^contact(\d*)\./.exec(field)
  return match ? Number(match[1] || 1) : 0
}

/** Several columns may go here together: 省, 市 → region. */
const many = new Set(['region', 'tags', 'notes'])

/** Column index → field; columns that are left out are not in it. */
export type Mapping = Readonly<Record<number, string>>

export function mappingOf(columns: readonly ImportColumn[]): Mapping {
  return Object.fromEntries(columns.flatMap(({ index, field }) => (field ? [[index, field]] : [])))
}

export function assign(mapping: Mapping, index: number, field: string | null): Mapping {
  const { [index]: _, ...rest } = mapping
  return field ? { ...rest, [index]: field } : rest
}

/** Whether a column says something of people. */
export const bringsPeople = (mapping: Mapping) => Object.values(mapping).some((field) => slotOf(field) > 0)

export type Fault =
  | { kind: 'need_name' | 'need_customer' | 'need_happened_on' | 'need_basis' | 'need_proof' }
  | { kind: 'twice'; field: string }

/** What must be settled before the data can be checked. */
export function faultsOf(mapping: Mapping, subject: Subject = 'customer', ground?: Ground | null): Fault[] {
  const fields = Object.values(mapping)
  const twice = [...new Set(fields.filter((field, at) => !many.has(field) && fields.indexOf(field) !== at))]
  const faults: Fault[] = twice.map((field) => ({ kind: 'twice', field }))
  if (subject === 'customer' && bringsPeople(mapping)) {
    if (ground === undefined) faults.unshift({ kind: 'need_basis' })
    if (ground?.basis === 'consent' && !ground.proof?.trim()) faults.unshift({ kind: 'need_proof' })
  }
  if (subject === 'customer') return fields.includes('name') ? faults : [{ kind: 'need_name' }, ...faults]
  if (!fields.some((field) => whose.includes(field))) faults.unshift({ kind: 'need_customer' })
  if (!fields.includes('cooperation.happened_on')) faults.unshift({ kind: 'need_happened_on' })
  return faults
}

export type Duplicates = ImportMapping['duplicates']
export type Defaults = { owner_id: string | null; source: string | null; grade: string | null }

export function bodyOf(
  columns: readonly ImportColumn[],
  mapping: Mapping,
  duplicates: Duplicates,
  defaults: Defaults,
  replacements: readonly Replacement[] = [],
): ImportMapping {
  const given = Object.entries(defaults).filter(([, value]) => value !== null)
  return {
    columns: columns.map(({ index }) => ({ index, field: mapping[index] ?? null })),
    duplicates,
    defaults: Object.fromEntries(given),
    replacements: replacements.filter(({ index }) => mapping[index] !== undefined),
  }
}

/** What is read in place of a cell; nothing leaves it empty. */
export type Replacement = { index: number; from: string; to: string | null }

/** Those that the sheet was last looked at with, as far as their columns still go where they went. */
export function replacementsOf(columns: readonly ImportColumn[], mapping: Mapping): Replacement[] {
  const kept = columns.filter(({ index, field }) => field && mapping[index] === field)
  return kept.flatMap(({ index, replacements }) =>
    Object.entries(replacements ?? {}).map(([from, to]) => ({ index, from, to: to ?? null })),
  )
}

/** With this one, in place of another for the same cells; without any when it is taken back. */
export function replaced(
  all: readonly Replacement[],
  { index, from }: Pick<Replacement, 'index' | 'from'>,
  to: string | null | undefined,
): Replacement[] {
  const others = all.filter((one) => one.index !== index || one.from !== from)
  return to === undefined ? others : [...others, { index, from, to }]
}

/** What is wrong, cell by cell; what belongs to no column belongs to the row. */
export function problemsOf(row: Row, mapping: Mapping): { cells: Map<number, Problem[]>; whole: Problem[] } {
  const cells = new Map<number, Problem[]>()
  const whole: Problem[] = []
  for (const problem of row.problems) {
    const index = problem.column ?? columnOf(mapping, problem.field)
    if (index === undefined) whole.push(problem)
    else cells.set(index, [...(cells.get(index) ?? []), problem])
  }
  return { cells, whole }
}

function columnOf(mapping: Mapping, field: string): number | undefined {
  const found = Object.entries(mapping).find(([, other]) => other === field)
  return found && Number(found[0])
}

/** What can become of a row; each row is counted under one of them. */
export const outcomes = ['created', 'merged', 'updated', 'skipped', 'rejected'] as const
export type Counts = Record<(typeof outcomes)[number], number>

/** Rows whose customers come in. */
export function takenOf({ created, merged, updated }: Counts): number {
  return created + merged + updated
}

/** The counts among the results of a job. */
export function countsOf(result: Readonly<Record<string, unknown>>): Counts {
  const number = (name: string) => (typeof result[name] === 'number' ? result[name] : 0)
  return Object.fromEntries(outcomes.map((outcome) => [outcome, number(outcome)])) as Counts
}

/** Not simply a new customer without a flaw. */
export function isNotable(row: Row): boolean {
  return row.outcome !== 'created' || row.problems.length > 0
}

export const steps = ['file', 'map', 'check', 'run'] as const
export type Step = (typeof steps)[number]

/** The step of an address: never further than what is there. */
export function stepOf({ id, job, step }: { id?: string; job?: string; step?: string }): Step {
  if (!id) return 'file'
  if (job) return 'run'
  return step === 'check' ? 'check' : 'map'
}
