/** One's notifications, newest first: behind the bell and on a page of their own. */
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { ago, civilDate, date, lookup, t, time, weekday } from '@/i18n'
import { Button, Empty, Failed, Skeleton, useGo } from '@/ui'
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
        <p className="notes-head">
          <Button kind="quiet" size="xs" onClick={() => void read({ all: true })}>
            {t('notifications.read_all')}
          </Button>
        </p>
      )}
      {byDay(items).map(([day, told]) => (
        <section key={day}>
          <h2 className="notes-day">
            {date(day)}{' '}
            <span className="dim">
              {weekday(day)} {ago(day)}
            </span>
          </h2>
          <ul className="notes">
            {told.map((item) => (
              <li key={item.id} data-unread={!item.read || undefined}>
                <button type="button" onClick={() => open(item)}>
                  <span>{said(item)}</span>
                  <time className="dim" dateTime={item.at}>
                    {time(item.at)}
                  </time>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {pages.hasNextPage && (
        <Button kind="quiet" onClick={() => void pages.fetchNextPage()}>
          {t('list.load_more')}
        </Button>
      )}
    </>
  )
}

/** As they come, newest first, under the days of the company. */
function byDay(items: Notification[]): [string, Notification[]][] {
  const days = new Map<string, Notification[]>()
  for (const item of items) {
    const day = civilDate(Date.parse(item.at))
    days.set(day, [...(days.get(day) ?? []), item])
  }
  return [...days]
}

function said(item: Notification): string {
  return lookup(item.title_key, item.params) ?? lookup(`notification.${item.kind}`, item.params) ?? item.title_key
}
