import { useState } from 'react'
import { messageOf } from '@/api'
import { lookup } from '@/i18n'
import { Timeline } from '@/ui'
import { timelineKinds } from './options'
import { type TimelineItem, useTimeline } from './queries'
import { entryOf } from './timelineEntry'
import './customers.css'

const JUDGED = new Set(['timeline.duty.met', 'timeline.duty.late'])

export function CustomerTimeline({ id }: { id: string }) {
  const [kinds, setKinds] = useState<string[]>([])
  const pages = useTimeline(id, kinds)
  // What a contact met, in time or late, is told by the contact itself; it is listed when duties are asked for.
  const told = (item: TimelineItem) => kinds.length > 0 || !JUDGED.has(item.title_key)
  const entries = pages.data?.pages.flatMap((page) => page.items.filter(told).map(entryOf)) ?? []
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
