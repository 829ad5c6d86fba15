import { useQuery } from '@tanstack/react-query'
import { personQuery } from './queries'

/** The name of a colleague by id; known names are asked for once. */
export function PersonName({ id }: { id: string | null | undefined }) {
  const { data } = useQuery({ ...personQuery(id ?? ''), enabled: Boolean(id) })
  return <>{id ? (data?.name ?? '') : ''}</>
}
