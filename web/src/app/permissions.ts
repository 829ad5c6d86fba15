import { can, type Me } from '@/api/session'
import type { NavItem, Permission } from '@/ui/module'

export { can } from '@/api/session'

/** What carries no permission is for everybody. */
export function allowed<T extends { permission?: Permission }>(items: readonly T[], me: Me | undefined): T[] {
  return items.filter(({ permission }) => !permission || can(me, permission[0], permission[1]))
}

/** An entry of the navigation as it is for one person: where it leads, and under which address one is there. */
export type Entry = NavItem & { under: string }

export function entriesOf(items: readonly NavItem[], me: Me | undefined): Entry[] {
  return allowed(items, me).map((item) => {
    const lead = item.lead && allowed([item.lead], me)[0]
    return { ...item, to: lead?.to ?? item.to, under: item.to }
  })
}
