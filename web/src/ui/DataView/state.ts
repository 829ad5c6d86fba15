/** The URL is the state of a list: what differs from the saved view stands in the search parameters. */
import type { Filter, FilterValue, Operator } from '@/api/lists'
import type { Column, ColumnState, FieldKind, ViewState } from './types'

export type Params = Record<string, string | undefined>

export const operators: Record<FieldKind, Operator[]> = {
  text: ['contains', 'eq', 'empty', 'not_empty'],
  choice: ['in', 'empty', 'not_empty'],
  multi: ['in', 'empty', 'not_empty'],
  person: ['eq', 'ne', 'empty', 'not_empty'],
  department: ['eq', 'ne', 'empty'],
  date: ['ge', 'le', 'between', 'empty', 'not_empty'],
  number: ['ge', 'le', 'between', 'eq', 'empty'],
  money: ['ge', 'le', 'between', 'empty'],
  bool: ['eq'],
}

const known = new Set<string>(Object.values(operators).flat())
const bare = new Set<Operator>(['empty', 'not_empty'])

export function needsValue(operator: Operator): boolean {
  return !bare.has(operator)
}

/** Anything malformed in a shared link is dropped, never trusted. */
export function parseFilters(text: string | undefined): Filter[] | undefined {
  if (text === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  return Array.isArray(parsed) ? parsed.filter(isFilter) : undefined
}

function isFilter(item: unknown): item is Filter {
  if (!Array.isArray(item)) return false
  const [field, operator, value] = item as unknown[]
  if (typeof field !== 'string' || typeof operator !== 'string' || !known.has(operator)) return false
  return needsValue(operator as Operator) ? isValue(value) : true
}

function isValue(value: unknown): value is FilterValue {
  const simple = (v: unknown) => typeof v === 'string' || typeof v === 'number'
  if (Array.isArray(value)) return value.length > 0 && value.every(simple)
  return simple(value) || typeof value === 'boolean'
}

/** `name:240,grade,owner` */
export function parseColumns(text: string | undefined): ColumnState[] | undefined {
  if (!text) return undefined
  return text.split(',').map((part) => {
    const [key = '', width] = part.split(':')
    const size = Number(width)
    return size >= 48 && size <= 1200 ? { key, width: size } : { key }
  })
}

export function formatColumns(columns: ColumnState[]): string {
  return columns.map(({ key, width }) => (width ? `${key}:${Math.round(width)}` : key)).join(',')
}

/** View first, URL over it. */
export function readState(params: Params, view: ViewState): ViewState {
  return {
    filters: parseFilters(params.f) ?? view.filters ?? [],
    sort: params.sort === '-' ? undefined : (params.sort ?? view.sort),
    columns: parseColumns(params.cols) ?? view.columns,
    dense: params.dense === undefined ? view.dense : params.dense === '1',
  }
}

/** Only what differs from the view goes into the URL; going to another page of rows starts again at the first. */
export function writeState(change: ViewState, view: ViewState): Params {
  const params: Params = {}
  if ('filters' in change)
    params.f = same(change.filters ?? [], view.filters ?? []) ? undefined : JSON.stringify(change.filters)
  if ('sort' in change) params.sort = change.sort === view.sort ? undefined : (change.sort ?? '-')
  if ('columns' in change)
    params.cols = !change.columns || same(change.columns, view.columns) ? undefined : formatColumns(change.columns)
  if ('dense' in change)
    params.dense = Boolean(change.dense) === Boolean(view.dense) ? undefined : change.dense ? '1' : '0'
  return params
}

/** Are there differences worth saving? */
export function isChanged(params: Params): boolean {
  return ['f', 'sort', 'cols', 'dense'].some((name) => params[name] !== undefined)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Columns in the chosen order with their widths; unknown keys are dropped, the first column always stays first. */
export function arrange<T>(columns: Column<T>[], state: ColumnState[] | undefined): (Column<T> & { width: number })[] {
  const usable = columns.filter((column) => !column.filterOnly)
  const sized = (column: Column<T>, width?: number) => ({ ...column, width: width ?? column.width ?? 140 })
  if (!state) return usable.filter((column) => !column.extra).map((column) => sized(column))
  const byKey = new Map(usable.map((column) => [column.key, column]))
  const first = usable[0]
  const chosen = state.flatMap(({ key, width }) => {
    const column = byKey.get(key)
    return column ? [sized(column, width)] : []
  })
  if (!first) return chosen
  const head = chosen.find((column) => column.key === first.key) ?? sized(first)
  return [head, ...chosen.filter((column) => column.key !== first.key)]
}

/** None → ascending → descending → none. */
export function nextSort(sort: string | undefined, key: string): string | undefined {
  if (sort === key) return `-${key}`
  return sort === `-${key}` ? undefined : key
}

export function move<T>(items: T[], from: number, to: number): T[] {
  const copy = [...items]
  const [item] = copy.splice(from, 1)
  if (item !== undefined) copy.splice(Math.max(0, Math.min(to, copy.length)), 0, item)
  return copy
}
