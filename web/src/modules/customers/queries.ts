/** The only file of this room that talks to the server. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { api, call, idempotent, ifMatch, type ListQuery, listParams, type Page, type Schemas } from '@/api'
import { locale } from '@/i18n'

export type Customer = Schemas['CustomerView']
/** A customer in a list: what its columns show. */
export type CustomerLine = Schemas['CustomerLine']
export type CustomerInput = Schemas['NewCustomer']
export type CustomerChange = Schemas['CustomerPatch']
export type Contact = Schemas['ContactView']
export type ChartUnit = Schemas['ChartUnit']
export type Relation = Schemas['RelationView']
export type RelationKind = Relation['kind']
export type Proposal = Schemas['GradeProposalView']
export type Round = Schemas['VerificationRound']
export type RoundDuties = Schemas['Compliance']
export type RoundDuty = Schemas['DutyView']
export type Related = Schemas['RelatedCustomer']
export type ContactInput = Schemas['NewContact']
/** What is in `data` depends on the kind. */
export type TimelineItem = Omit<Schemas['TimelineEntry'], 'data'> & { data: Record<string, unknown> }
export type Duplicate = Schemas['Duplicate']
export type Verification = Schemas['NewVerification']
export type MajorEvent = Schemas['NewEvent']
export type Grade = Customer['grade']
/** A duty, as far as a customer's page shows it. */
export type Duty = {
  id: string
  clause: string
  rule: string
  subject_id: string
  subject_kind: string
  what: { key: string; params: Record<string, unknown> }
  due_at: string | null
  act_at?: string | null
  state: string
}

export const keys = {
  all: ['customers'] as const,
  one: (id: string) => ['customers', 'one', id] as const,
  round: ['customers', 'round'] as const,
  proposals: ['customers', 'proposals'] as const,
}

const at = (id: string) => ({ params: { path: { id } } })

export function listCustomers(query: ListQuery, signal: AbortSignal): Promise<Page<CustomerLine>> {
  return call(api.GET('/api/v1/customers', { params: { query: listParams(query) }, signal }))
}

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => call(api.GET('/api/v1/customers/{id}', { ...at(id), signal })),
  })

export const contactsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'contacts'],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/customers/{id}/contacts', { ...at(id), signal }))).items,
  })

/** What is owed to this customer and not yet done, the most urgent first. */
export const dutiesQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'duties'],
    queryFn: async ({ signal }) => {
      const filter: ListQuery['filter'] = [
        ['customer', 'eq', id],
        ['state', 'in', ['open', 'paused']],
      ]
      const query = listParams({ filter, sort: 'due_at', limit: 20 })
      const page = await call(api.GET('/api/v1/duties', { params: { query }, signal }))
      return (page as { items: Duty[] }).items
    },
  })

export function useTimeline(id: string, kinds: string[]) {
  return useInfiniteQuery({
    queryKey: [...keys.one(id), 'timeline', kinds],
    queryFn: async ({ pageParam, signal }) => {
      const query = { cursor: pageParam, kinds: kinds.join(',') || undefined }
      const params = { path: { id }, query }
      return (await call(api.GET('/api/v1/customers/{id}/timeline', { params, signal }))) as Page<TimelineItem>
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    // Another filter keeps the stream on the screen until its own is there.
    placeholderData: keepPreviousData,
  })
}

type Versioned = { id: string; version: number }

const versioned = (record: Versioned) => ({
  params: { path: { id: record.id }, header: ifMatch(record.version) },
})

export function createCustomer(body: CustomerInput, key: string): Promise<Customer> {
  return call(api.POST('/api/v1/customers', { body, headers: idempotent(key) }))
}

export function updateCustomer(customer: Versioned, body: CustomerChange): Promise<Customer> {
  return call(api.PATCH('/api/v1/customers/{id}', { ...versioned(customer), body }))
}

export async function removeCustomer(id: string): Promise<void> {
  await call(api.DELETE('/api/v1/customers/{id}', at(id)))
}

export function restoreCustomer(id: string): Promise<Customer> {
  return call(api.POST('/api/v1/customers/{id}/restore', at(id)))
}

type Probe = { name: string; credit_code?: string; phone?: string; email?: string }

export function findDuplicates(body: Probe, signal?: AbortSignal): Promise<Duplicate[]> {
  return call(api.POST('/api/v1/customers/duplicates', { body, signal }))
}

export function setGrade(customer: Versioned, grade: Grade, reason: string): Promise<Customer> {
  return call(api.PUT('/api/v1/customers/{id}/grade', { ...versioned(customer), body: { grade, reason } }))
}

export function setOwner(customer: Versioned, owner_id: string, reason: string): Promise<Customer> {
  return call(api.PUT('/api/v1/customers/{id}/owner', { ...versioned(customer), body: { owner_id, reason } }))
}

export function markFact(customer: Customer, field: string): Promise<Customer> {
  const params = { path: { id: customer.id, field } }
  return call(api.PUT('/api/v1/customers/{id}/key_facts/{field}', { params, body: {} }))
}

export function unmarkFact(customer: Customer, field: string): Promise<Customer> {
  const params = { path: { id: customer.id, field } }
  return call(api.DELETE('/api/v1/customers/{id}/key_facts/{field}', { params }))
}

export function reveal(
  id: string,
  field: string,
  reason: string,
  contact_id?: string,
): Promise<{ value: string; until: string }> {
  return call(api.POST('/api/v1/customers/{id}/reveal', { ...at(id), body: { field, reason, contact_id } }))
}

export function createContact(customerId: string, body: ContactInput, key: string): Promise<Contact> {
  return call(api.POST('/api/v1/customers/{id}/contacts', { ...at(customerId), body, headers: idempotent(key) }))
}

export function updateContact(contact: Contact, body: ContactInput): Promise<Contact> {
  const params = { path: { id: contact.customer_id, cid: contact.id }, header: ifMatch(contact.version) }
  return call(api.PATCH('/api/v1/customers/{id}/contacts/{cid}', { params, body }))
}

export async function removeContact(contact: Contact): Promise<void> {
  const params = { path: { id: contact.customer_id, cid: contact.id } }
  await call(api.DELETE('/api/v1/customers/{id}/contacts/{cid}', { params }))
}

const atContact = (contact: Contact) => ({ params: { path: { id: contact.customer_id, cid: contact.id } } })

export function barContact(contact: Contact, reason: string): Promise<Contact> {
  return call(api.PUT('/api/v1/customers/{id}/contacts/{cid}/no_contact', { ...atContact(contact), body: { reason } }))
}

export function unbarContact(contact: Contact): Promise<Contact> {
  return call(api.DELETE('/api/v1/customers/{id}/contacts/{cid}/no_contact', atContact(contact)))
}

export function moveContact(contact: Contact, body: Schemas['NewCompanyOfContact'], key: string): Promise<Contact> {
  const headers = idempotent(key)
  return call(api.POST('/api/v1/customers/{id}/contacts/{cid}/move', { ...atContact(contact), body, headers }))
}

export const chartQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'chart'],
    queryFn: async ({ signal }) => (await call(api.GET('/api/v1/customers/{id}/chart', { ...at(id), signal }))).items,
  })

export async function drawChart(id: string): Promise<void> {
  await call(api.POST('/api/v1/customers/{id}/chart/from_departments', at(id)))
}

export function addUnit(id: string, body: Schemas['NewChartUnit'], key: string): Promise<ChartUnit> {
  return call(api.POST('/api/v1/customers/{id}/chart', { ...at(id), body, headers: idempotent(key) }))
}

export function changeUnit(id: string, unit: ChartUnit, body: Schemas['ChartUnitPatch']): Promise<ChartUnit> {
  const params = { path: { id, unit: unit.id }, header: ifMatch(unit.version) }
  return call(api.PATCH('/api/v1/customers/{id}/chart/{unit}', { params, body }))
}

export async function removeUnit(id: string, unit: ChartUnit): Promise<void> {
  await call(api.DELETE('/api/v1/customers/{id}/chart/{unit}', { params: { path: { id, unit: unit.id } } }))
}

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'group'],
    queryFn: async ({ signal }) => (await call(api.GET('/api/v1/customers/{id}/group', { ...at(id), signal }))).way,
  })

/** Page by page: a group may have any number of members. */
export function useRelations(id: string, kinds: RelationKind[], enabled = true) {
  return useInfiniteQuery({
    queryKey: [...keys.one(id), 'relations', kinds],
    queryFn: ({ pageParam, signal }) => {
      const query = { kinds: kinds.join(','), cursor: pageParam, limit: 50 }
      return call(api.GET('/api/v1/customers/{id}/relations', { params: { path: { id }, query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled,
  })
}

export function relate(id: string, body: Schemas['NewRelation'], key: string): Promise<Relation> {
  return call(api.POST('/api/v1/customers/{id}/relations', { ...at(id), body, headers: idempotent(key) }))
}

export async function unrelate(id: string, relation: Relation): Promise<void> {
  const params = { path: { id, relation: relation.id } }
  await call(api.DELETE('/api/v1/customers/{id}/relations/{relation}', { params }))
}

export function listRoundDuties(query: ListQuery, signal: AbortSignal): Promise<Page<RoundDuty>> {
  return call(api.GET('/api/v1/duties', { params: { query: listParams(query) }, signal }))
}

export const roundDutiesQuery = (from: string, to: string, group: 'person' | 'department') =>
  queryOptions({
    queryKey: [...keys.round, from, 'duties', group],
    queryFn: ({ signal }) => {
      const query = { from, to, group, clause: 'R3-1.5', rule: 'archive-verification' }
      return call(api.GET('/api/v1/compliance', { params: { query }, signal }))
    },
  })

/** How the fields were answered in the rounds of a quarter. */
export const roundQuery = (quarter: string) =>
  queryOptions({
    queryKey: [...keys.round, quarter, 'answers'],
    queryFn: ({ signal }) => call(api.GET('/api/v1/verification_rounds', { params: { query: { quarter } }, signal })),
  })

export function listProposals(query: ListQuery, signal: AbortSignal): Promise<Page<Proposal>> {
  return call(api.GET('/api/v1/grade_proposals', { params: { query: listParams(query) }, signal }))
}

/** The one proposal about a customer that still waits for its answer. */
export const waitingProposalQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'proposal'],
    queryFn: async ({ signal }) => {
      const filter: ListQuery['filter'] = [
        ['customer', 'eq', id],
        ['state', 'in', ['open']],
      ]
      return (await listProposals({ filter, limit: 1 }, signal)).items[0] ?? null
    },
  })

export function proposeGrade(id: string, grade: Grade, reason: string, key: string): Promise<Proposal> {
  const options = { ...at(id), body: { grade, reason }, headers: idempotent(key) }
  return call(api.POST('/api/v1/customers/{id}/grade_proposals', options))
}

const atProposal = ({ id, customer, version }: Proposal) => ({
  params: { path: { id: customer.id, proposal: id }, header: ifMatch(version) },
})

export function decideProposal(proposal: Proposal, approve: boolean, reason: string): Promise<Proposal> {
  const body = { approve, reason: reason || null }
  return call(api.POST('/api/v1/customers/{id}/grade_proposals/{proposal}/decision', { ...atProposal(proposal), body }))
}

export function withdrawProposal(proposal: Proposal): Promise<Proposal> {
  return call(api.DELETE('/api/v1/customers/{id}/grade_proposals/{proposal}', atProposal(proposal)))
}

export function verify(id: string, body: Verification, key: string): Promise<Customer> {
  return call(api.POST('/api/v1/customers/{id}/verifications', { ...at(id), body, headers: idempotent(key) }))
}

export async function recordEvent(id: string, body: MajorEvent, key: string): Promise<void> {
  await call(api.POST('/api/v1/customers/{id}/events', { ...at(id), body, headers: idempotent(key) }))
}

export type ExportFormat = 'xlsx' | 'csv'

export type Attachment = Schemas['AttachmentView']

export const attachmentsQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'attachments'],
    queryFn: async ({ signal }) =>
      (await call(api.GET('/api/v1/customers/{id}/attachments', { ...at(id), signal }))).items,
  })

const attached = (id: string, aid: string) => ({ params: { path: { id, aid } } })

export async function removeAttachment(id: string, aid: string): Promise<void> {
  await call(api.DELETE('/api/v1/customers/{id}/attachments/{aid}', attached(id, aid)))
}

export async function restoreAttachment(id: string, aid: string): Promise<void> {
  await call(api.POST('/api/v1/customers/{id}/attachments/{aid}/restore', attached(id, aid)))
}

/** Which customers: a view, or some of them by name. */
export type Chosen = { query?: Omit<ListQuery, 'cursor' | 'limit'>; ids?: string[] }

const chosen = ({ query, ids }: Chosen) => ({
  filter: query?.filter as never,
  sort: query?.sort,
  q: query?.q,
  ids,
})

export async function startExport(
  which: Chosen,
  columns: string[],
  format: ExportFormat,
  purpose: string | undefined,
): Promise<string> {
  const body = { ...chosen(which), columns, format, purpose, language: locale() }
  return (await call(api.POST('/api/v1/customers/export', { body }))).job_id
}

export type DocumentSheet = Schemas['DocumentSheet']
export type DocumentFormat = Schemas['DocumentFormat']
export type DocumentInput = { sheet: DocumentSheet; format: DocumentFormat; from?: string | null; to?: string | null }

/** A filled form of one customer. */
export async function makeDocument(id: string, document: DocumentInput, key: string): Promise<Schemas['Released']> {
  const body = { ...document, language: locale() }
  return call(api.POST('/api/v1/customers/{id}/documents', { ...at(id), body, headers: idempotent(key) }))
}

export async function startDocuments(which: Chosen, document: DocumentInput, together: boolean): Promise<string> {
  const body = { ...chosen(which), document: { ...document, language: locale() }, together }
  return (await call(api.POST('/api/v1/customers/documents', { body }))).job_id
}

/** After a change: the lists, and the record with all that hangs on it. */
export function useRefresh(): (id?: string) => Promise<void> {
  const client = useQueryClient()
  return async (id) => {
    const touched: (readonly unknown[])[] = [['today'], id ? keys.one(id) : keys.all]
    if (id) touched.push([...keys.all, 'list'], keys.proposals, keys.round)
    await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}

export type ImportView = Schemas['ImportView']
export type ImportColumn = Schemas['ImportColumn']
export type ImportMapping = Schemas['ImportMapping']
/** A warning is kept in the notes, an error refuses the row. */
export type ImportProblem = Omit<Schemas['ImportProblem'], 'level'> & { level: 'warning' | 'error' }
export type ImportRow = Omit<Schemas['ImportRow'], 'problems'> & { problems: ImportProblem[] }
export type ImportPreview = Omit<Schemas['ImportPreview'], 'rows'> & { rows: ImportRow[] }

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => call(api.GET('/api/v1/imports/{id}', { ...at(id), signal })),
  })

export const importsQuery = queryOptions({
  queryKey: ['imports'],
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/imports', { signal }))).items,
})

export function chooseSheet(id: string, sheet: number): Promise<ImportView> {
  return call(api.PUT('/api/v1/imports/{id}/sheet', { ...at(id), body: { sheet } }))
}

export function uploadImport(file: File, subject: ImportView['subject']): Promise<ImportView> {
  const form = new FormData()
  form.set('file', file)
  // The browser writes the boundary of the parts itself.
  const params = { query: { subject } }
  return call(api.POST('/api/v1/imports', { params, body: form as never, bodySerializer: (body) => body as never }))
}

export function mapImport(id: string, body: ImportMapping): Promise<ImportPreview> {
  return call<unknown>(api.PUT('/api/v1/imports/{id}/mapping', { ...at(id), body })) as Promise<ImportPreview>
}

export async function startImport(id: string, dry_run: boolean): Promise<string> {
  return (await call(api.POST('/api/v1/imports/{id}/start', { ...at(id), body: { dry_run } }))).job_id
}

/** A lawful basis, with what shows it. */
export type Ground = NonNullable<ImportMapping['basis']>

export type Place = Schemas['CustomerPlace']
export type Near = Schemas['NearCustomers']
export type NearCustomer = Schemas['NearCustomer']

export const placeQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.one(id), 'place'],
    queryFn: async ({ signal }) => (await call(api.GET('/api/v1/customers/{id}/place', { ...at(id), signal }))).place,
  })

export async function setPlace(id: string, body: { lat: number; lon: number; accuracy?: number }): Promise<void> {
  await call(api.PUT('/api/v1/customers/{id}/place', { ...at(id), body }))
}

export async function forgetPlace(id: string): Promise<void> {
  await call(api.DELETE('/api/v1/customers/{id}/place', at(id)))
}

/** Where one stands goes to the server in the body of the question and is kept nowhere. */
export function findNear(lat: number, lon: number): Promise<Near> {
  return call(api.POST('/api/v1/customers/near', { body: { lat, lon } }))
}
