import { can, type Me } from '@/api/session'
import type { Permission } from '@/ui/module'

export { can } from '@/api/session'

/** What carries no permission is for everybody. */
export function allowed<T extends { permission?: Permission }>(items: readonly T[], me: Me | undefined): T[] {
  return items.filter(({ permission }) => !permission || can(me, permission[0], permission[1]))
}
