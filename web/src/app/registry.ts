/** Finds the rooms by their folders: a room is added by its `index.ts` that exports a manifest, and nowhere else. */
import type { Command, Correction, Manifest, NavItem, Route } from '@/ui/module'

const found = import.meta.glob<{ manifest: Manifest }>('../modules/*/index.ts', { eager: true })

export const manifests: readonly Manifest[] = Object.values(found).map((room) => room.manifest)
export const navigation: readonly NavItem[] = manifests
  .flatMap((room) => room.nav ?? [])
  .sort((a, b) => a.order - b.order)
export const routes: readonly Route[] = manifests.flatMap((room) => room.routes ?? [])
export const commands: readonly Command[] = manifests.flatMap((room) => room.commands ?? [])
export const corrections: readonly Correction[] = manifests.flatMap((room) => room.corrections ?? [])
const records: Record<string, (id: string) => string> = Object.assign(
  {},
  ...manifests.map((room) => room.records ?? {}),
)

/** Where a record of this kind opens; `undefined` when no room shows it. */
export function recordPath(kind: string, id: string): string | undefined {
  return records[kind]?.(id)
}
