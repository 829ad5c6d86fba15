/** One's notifications, newest first: in the dialog of the bell and on a page of their own. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { lookup, t } from '@/i18n'
import { Ago, Button, Empty, Failed, Skeleton, useGo } from '@/ui'
import { markRead, type Notification, notificationsQuery } from './queries'
import './platform.css'

export function NotificationList({ onOpen }: { onOpen?: () => void }) {
  const client = useQueryClient()
  const go = useGo()
  const pages = useInfiniteQuery(notificationsQuery)
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const read = async (body: { ids?: string[]; all?: boolean }) => {
    await markRead(body).catch(() => undefined)
    await client.invalidateQueries({ queryKey: notificationsQuery.queryKey })
    await client.invalidateQueries({ queryKey: ['me'] })
  }
  const open = (item: Notification) => {
    if (!item.read) void read({ ids: [item.id] })
    if (!item.link) return
    onOpen?.()
    go(item.link)
  }
  return (
    <>
      {pages.isPending && <Skeleton lines={5} />}
      {pages.isError && (
        <Failed title={t('list.failed')} why={messageOf(pages.error)} onRetry={() => void pages.refetch()} />
      )}
      {pages.isSuccess && items.length === 0 && (
        <Empty title={t('notifications.empty')} why={t('notifications.empty_why')} />
      )}
      {items.some((item) => !item.read) && (
        <Button kind="quiet" size="xs" onClick={() => void read({ all: true })}>
          {t('notifications.read_all')}
        </Button>
      )}
      <ul className="notes">
        {items.map((item) => (
          <li key={item.id} data-unread={!item.read || undefined}>
            <button type="button" onClick={() => open(item)}>
              <span>{said(item)}</span>
              <span className="dim">
                <Ago at={item.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button kind="quiet" onClick={() => void pages.fetchNextPage()}>
          {t('list.load_more')}
        </Button>
      )}
    </>
  )
}

function said(item: Notification): string {
  return lookup(item.title_key, item.params) ?? lookup(`notification.${item.kind}`, item.params) ?? item.title_key
}
