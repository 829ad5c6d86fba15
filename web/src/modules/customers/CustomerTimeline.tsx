import { useState } from 'react'
import { messageOf } from '@/api'
import { lookup } from '@/i18n'
import { type IconName, Status, Timeline, type TimelineEntry } from '@/ui'
import { t } from './messages'
import { timelineKinds, word } from './options'
import { type TimelineItem, useTimeline } from './queries'

export function CustomerTimeline({ id }: { id: string }) {
  const [kinds, setKinds] = useState<string[]>([])
  const pages = useTimeline(id, kinds)
  const entries = pages.data?.pages.flatMap((page) => page.items.map(entry)) ?? []
  return (
    <Timeline
      entries={entries}
      loading={pages.isPending}
      error={pages.isError ? messageOf(pages.error) : undefined}
      onRetry={() => void pages.refetch()}
      kinds={timelineKinds()}
      chosen={kinds}
      onChoose={setKinds}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
    />
  )
}

const icons: Record<string, IconName> = {
  todo: 'check',
  verification: 'shield',
  major_event: 'flag',
  change: 'edit',
  duty: 'clock',
}
const channels: Record<string, IconName> = { phone: 'phone', visit: 'visit', on_site: 'visit', email: 'mail' }

function entry(item: TimelineItem): TimelineEntry {
  const channel = typeof item.data.kind === 'string' ? item.data.kind : ''
  const text = (name: string) => (typeof item.data[name] === 'string' ? (item.data[name] as string) : '')
  const contact = item.kind === 'interaction'
  return {
    id: item.id,
    at: item.at,
    by: item.actor?.name,
    icon: contact ? (channels[channel] ?? 'chat') : (icons[item.kind] ?? 'flag'),
    title:
      (contact && word('interaction', channel)) || lookup(item.title_key, item.data) || word('timeline', item.kind),
    marks: item.data.late === true && <Status tone="warn">{t('timeline.late')}</Status>,
    body: (
      <>
        {text('content') || text('title') || text('note')}
        {text('feedback') && <p className="dim">{t('timeline.feedback', { text: text('feedback') })}</p>}
        {text('next_plan') && <p className="dim">{t('timeline.next', { text: text('next_plan') })}</p>}
      </>
    ),
  }
}
