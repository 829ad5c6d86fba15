/** The bell: what one was told, beside it, or from below on a phone. */
import { lazy, Suspense, useState } from 'react'
import { useMe } from '@/api/session'
import { t } from '@/i18n'
import { IconButton } from '@/ui/Button'
import { Popover, Sheet } from '@/ui/Popup'
import { Skeleton } from '@/ui/small'
import { usePhone } from '@/ui/usePhone'

const NotificationList = lazy(() =>
  import('@/modules/platform/NotificationList').then((module) => ({ default: module.NotificationList })),
)

export function Bell() {
  const phone = usePhone()
  const unread = useMe()?.unread ?? 0
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const button = (
    <IconButton
      icon="bell"
      label={unread > 0 ? t('shell.notifications_n', { n: unread }) : t('shell.notifications')}
      expanded={open}
      onClick={() => setOpen(!open)}
    />
  )
  const count = unread > 0 && <b aria-hidden="true">{unread > 99 ? '99+' : unread}</b>
  const list = (
    <Suspense fallback={<Skeleton lines={5} />}>
      <NotificationList onOpen={close} />
    </Suspense>
  )
  if (phone) {
    return (
      <>
        <span className="bell">
          {button}
          {count}
        </span>
        <Sheet title={t('shell.notifications')} open={open} onClose={close}>
          {list}
        </Sheet>
      </>
    )
  }
  return (
    <span className="bell">
      <Popover open={open} onClose={close} width={420} target={button}>
        <section className="notes-panel" aria-label={t('shell.notifications')}>
          {list}
        </section>
      </Popover>
      {count}
    </span>
  )
}
