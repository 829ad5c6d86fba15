import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { lookup } from '@/i18n'
import { Timeline, type TimelineEntry } from '@/ui'
import { RecordFiles } from './attachments/RecordFiles'
import { timelineKinds } from './options'
import { type TimelineItem, useTimeline } from './queries'
import { entryOf } from './timelineEntry'
import './customers.css'

const JUDGED = new Set(['timeline.duty.met', 'timeline.duty.late'])

/** The entries that are records of their own, with whose permission says who may hang files on them. */
const carriers = {
  interaction: 'interaction',
  cooperation: 'cooperation',
  verification: 'customer',
  major_event: 'customer',
} as const

export function CustomerTimeline({ id }: { id: string }) {
  const [kinds, setKinds] = useState<string[]>([])
  const can = useCan()
  const pages = useTimeline(id, kinds)
  // What a contact met, in time or late, is told by the contact itself; it is listed when duties are asked for.
  const told = (item: TimelineItem) => kinds.length > 0 || !JUDGED.has(item.title_key)
  const shown = (item: TimelineItem): TimelineEntry => {
    const entry = entryOf(item)
    const kind = item.kind as keyof typeof carriers
    if (!(kind in carriers)) return entry
    const name = String(entry.title)
    const mayAdd = can(carriers[kind], 'update')
    return { ...entry, acts: <RecordFiles customer={id} kind={kind} record={item.id} name={name} mayAdd={mayAdd} /> }
  }
  const entries = pages.data?.pages.flatMap((page) => page.items.filter(told).map(shown)) ?? []
  return (
    <Timeline
      entries={entries}
      loading={pages.isPending}
      error={pages.isError ? messageOf(pages.error) : undefined}
      onRetry={() => void pages.refetch()}
      kinds={timelineKinds().map((kind) => ({ ...kind, label: lookup(`timeline.${kind.value}`) ?? kind.label }))}
      chosen={kinds}
      onChoose={setKinds}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
    />
  )
}
