import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { api, call, type Schemas } from '@/api/client'
import { messageOf } from '@/api/problem'
import { lookup, t } from '@/i18n'
import { Button } from '@/ui/Button'
import { useGo } from '@/ui/nav'
import { Dialog } from '@/ui/Popup'
import { Ago, Empty, Failed, Skeleton } from '@/ui/small'

type Item = Schemas['NotificationView']

export default function Notifications({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const go = useGo()
  const pages = useInfiniteQuery({
    queryKey: ['notifications'],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET('/api/v1/notifications', { params: { query: { cursor: pageParam, limit: 30 } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const read = async (body: { ids?: string[]; all?: boolean }) => {
    await call(api.POST('/api/v1/notifications/read', { body })).catch(() => undefined)
    await client.invalidateQueries({ queryKey: ['notifications'] })
    await client.invalidateQueries({ queryKey: ['me'] })
  }
  const open = (item: Item) => {
    if (!item.read) void read({ ids: [item.id] })
    if (!item.link) return
    onClose()
    go(item.link)
  }
  return (
    <Dialog title={t('shell.notifications')} open onClose={onClose}>
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
              <span>
                {lookup(item.title_key, item.params) ??
                  lookup(`notification.${item.kind}`, item.params) ??
                  item.title_key}
              </span>
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
    </Dialog>
  )
}
