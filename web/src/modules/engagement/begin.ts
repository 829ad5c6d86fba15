import type { QueryClient } from '@tanstack/react-query'
import { can, type Me } from '@/api'
import { type Today, todayQuery } from './queries'

/** Where somebody begins who owes nothing: at their people, or at how the rules are kept. Today itself is one click away. */
export async function begin(client: QueryClient, me: Me): Promise<string | undefined> {
  const today = await client.fetchQuery(todayQuery).catch(() => undefined)
  return today && beginOf(today, (entity, action) => can(me, entity, action))
}

type Standing = Pick<Today, 'team' | 'approvals' | 'in_force' | 'sample_running' | 'counts'>

export function beginOf(
  { team, approvals, in_force, sample_running, counts }: Standing,
  may: (entity: string, action: 'approve' | 'read') => boolean,
): string | undefined {
  // Until rules are in force Today says how to begin.
  if (!team || approvals.length > 0 || !in_force || sample_running) return undefined
  if (counts.open > 0 || typeof counts.month_rate === 'number') return undefined
  if (may('duty', 'approve')) return '/team'
  return may('compliance', 'read') ? '/policy/compliance' : undefined
}
