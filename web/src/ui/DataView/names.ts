import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Filter } from '@/api/lists'
import { departmentsQuery, personQuery } from '@/api/lookups'
import type { Column } from './types'

/** A shared link carries ids; people read names. */
export function useNames<T>(
  columns: Column<T>[],
  filters: Filter[],
  picked: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const kind = (field: string) => columns.find((column) => column.key === field)?.kind
  const people = filters.flatMap(([field, , value]) =>
    kind(field) === 'person' && typeof value === 'string' && value && !picked.has(value) ? [value] : [],
  )
  const departments = useQuery({
    ...departmentsQuery,
    enabled: filters.some(([field]) => kind(field) === 'department'),
  }).data
  const found = useQueries({ queries: people.map(personQuery), combine: (all) => all.map((one) => one.data) })
  return useMemo(() => {
    const names = new Map(picked)
    for (const department of departments ?? []) names.set(department.id, department.name)
    for (const person of found) if (person) names.set(person.id, person.name)
    return names
  }, [picked, departments, found])
}
