/** The only file of this room that talks to the server. */
import { keepPreviousData, type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import {
  api,
  call,
  idempotent,
  ifMatch,
  type Kept,
  kept,
  type ListQuery,
  listParams,
  onOutbox,
  type Page,
  type Schemas,
  useMe,
} from '@/api'
import { locale } from '@/i18n'
import { allItems } from './today'

export type Today = Schemas['Today']
export type Item = Schemas['TodayItem']
export type Todo = Schemas['TodoView']
export type TodoInput = Schemas['NewTodo']
export type TodoChange = Schemas['TodoChange']
export type Interaction = Schemas['InteractionView']
export type InteractionInput = Schemas['NewInteraction']
export type InteractionChange = Schemas['InteractionChange']
export type Team = Schemas['Team']
export type Kind = InteractionInput['kind']
export type Priority = Todo['priority']

export const keys = {
  today: ['today'] as const,
  todos: ['todos'] as const,
  interactions: ['interactions'] as const,
  team: ['team'] as const,
}

export const todayQuery = queryOptions({
  queryKey: keys.today,
  queryFn: ({ signal }) => call(api.GET('/api/v1/today', { signal })),
  // Clocks run on while one looks away.
  refetchInterval: 300_000,
})

export const teamQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: [...keys.team, from, to],
    queryFn: ({ signal }) => call(api.GET('/api/v1/team', { params: { query: { from, to } }, signal })),
    placeholderData: keepPreviousData,
  })

/** The records of a view as a file; answers the job that writes it. */
export async function startExport(query: Omit<ListQuery, 'cursor' | 'limit'>, format: 'xlsx' | 'csv'): Promise<string> {
  const body = { filter: query.filter as never, sort: query.sort, format, language: locale() }
  return (await call(api.POST('/api/v1/interactions/export', { body }))).job_id
}

export function listTodos(query: ListQuery, signal: AbortSignal): Promise<Page<Todo>> {
  return call(api.GET('/api/v1/todos', { params: { query: listParams(query) }, signal }))
}

/** What is still to be done for one customer. */
export const customerTodosQuery = (customer: string) =>
  queryOptions({
    queryKey: [...keys.todos, 'of', customer],
    queryFn: async ({ signal }) => {
      const filter: ListQuery['filter'] = [
        ['customer', 'eq', customer],
        ['done', 'eq', false],
      ]
      const query = listParams({ filter, sort: 'due_at', limit: 20 })
      return (await call(api.GET('/api/v1/todos', { params: { query }, signal }))).items
    },
  })

export function createTodo(body: TodoInput, key: string): Promise<Todo> {
  return call(api.POST('/api/v1/todos', { body, headers: idempotent(key) }))
}

export function changeTodo(todo: Pick<Todo, 'id' | 'version'>, body: TodoChange): Promise<Todo> {
  const params = { path: { id: todo.id }, header: ifMatch(todo.version) }
  return call(api.PATCH('/api/v1/todos/{id}', { params, body }))
}

export async function removeTodo(id: string): Promise<void> {
  await call(api.DELETE('/api/v1/todos/{id}', { params: { path: { id } } }))
}

export function listInteractions(query: ListQuery, signal: AbortSignal): Promise<Page<Interaction>> {
  return call(api.GET('/api/v1/interactions', { params: { query: listParams(query) }, signal }))
}

export const recordPath = (customer: string) => `/api/v1/customers/${customer}/interactions`

export function changeInteraction(record: Interaction, body: InteractionChange): Promise<Interaction> {
  const path = { id: record.customer.id, interaction: record.id }
  const params = { path, header: ifMatch(record.version) }
  return call(api.PATCH('/api/v1/customers/{id}/interactions/{interaction}', { params, body }))
}

export async function withdrawInteraction(customer: string, interaction: string): Promise<void> {
  const params = { path: { id: customer, interaction } }
  await call(api.DELETE('/api/v1/customers/{id}/interactions/{interaction}', { params }))
}

/** Somebody dials, or has arrived: from now on the record is owed. It is owed by its own hour where nobody is told now. */
export async function beginContact(customer: string, kind: 'phone' | 'visit' | 'on_site'): Promise<void> {
  const params = { path: { id: customer } }
  await call(api.POST('/api/v1/customers/{id}/attempts', { params, body: { kind } }))
}

/** Nobody was reached. */
export async function failContact(customer: string, attempt: string): Promise<void> {
  const params = { path: { id: customer, attempt } }
  await call(api.POST('/api/v1/customers/{id}/attempts/{attempt}/failed', { params }))
}

export async function postponeDuty(item: Item, until: string, reason: string): Promise<void> {
  const headers = ifMatch(item.version)
  const params = { path: { id: item.duty_id } }
  await call(api.POST('/api/v1/duties/{id}/postpone', { params, headers, body: { until, reason } }))
}

/** After a record or a to-do: everything that shows them. */
export async function refreshAfter(client: QueryClient, customer?: string): Promise<void> {
  const touched: (readonly unknown[])[] = [keys.today, keys.todos, keys.interactions, ['duties']]
  if (customer) touched.push(['customers', 'one', customer], ['customers', 'list'])
  await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
}

export function useRefresh(): (customer?: string) => Promise<void> {
  const client = useQueryClient()
  return (customer) => refreshAfter(client, customer)
}

/** Customers that are on the screen anyway: offered before anything is typed, and found without a network. */
export function knownCustomers(client: QueryClient): { id: string; name: string }[] {
  const today = client.getQueryData<Today>(keys.today)
  const items = today ? allItems(today) : []
  const found = new Map(items.flatMap(({ customer }) => (customer ? [[customer.id, customer]] : [])))
  return [...found.values()].map(({ id, name }) => ({ id, name }))
}

/** Records of this person that wait on this device. */
export function useWaiting(): Kept[] {
  const userId = useMe()?.id
  const [waiting, setWaiting] = useState<Kept[]>([])
  useEffect(() => {
    if (!userId) return
    const read = () => void kept(userId).then(setWaiting, () => setWaiting([]))
    read()
    return onOutbox(read)
  }, [userId])
  return waiting
}

export function useToday() {
  return useQuery(todayQuery)
}
