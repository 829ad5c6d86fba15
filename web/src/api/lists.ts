/** What every list of the server has in common. */
export type Operator = 'eq' | 'ne' | 'in' | 'contains' | 'lt' | 'le' | 'gt' | 'ge' | 'between' | 'empty' | 'not_empty'
export type FilterValue = string | number | boolean | (string | number)[]
export type Filter = [field: string, op: Operator, value?: FilterValue]

export type ListQuery = { filter: Filter[]; sort?: string; q?: string; custom?: string; cursor?: string; limit: number }
export type Page<T> = { items: T[]; next?: string | null }

/** The query string of a list; empty parts are left out. */
export function listParams(query: ListQuery): {
  filter?: string
  sort?: string
  q?: string
  custom?: string
  cursor?: string
  limit: number
} {
  return {
    ...(query.filter.length > 0 && { filter: JSON.stringify(query.filter) }),
    ...(query.sort && { sort: query.sort }),
    ...(query.q && { q: query.q }),
    ...(query.custom && { custom: query.custom }),
    ...(query.cursor && { cursor: query.cursor }),
    limit: query.limit,
  }
}
