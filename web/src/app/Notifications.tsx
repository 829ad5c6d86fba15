import { t } from '@/i18n'
import { NotificationList } from '@/modules/platform/NotificationList'
import { Dialog } from '@/ui/Popup'

/** Behind the bell. */
export default function Notifications({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('shell.notifications')} open onClose={onClose}>
      <NotificationList onOpen={onClose} />
    </Dialog>
  )
}
