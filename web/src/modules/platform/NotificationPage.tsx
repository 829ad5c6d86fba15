import { SettingsFrame } from './Frame'
import { m } from './messages'
import { NotificationList } from './NotificationList'

export default function NotificationPage() {
  return (
    <SettingsFrame title={m('settings.notifications')} narrow>
      <NotificationList />
    </SettingsFrame>
  )
}
