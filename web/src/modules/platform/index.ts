/** The house itself: one's own account. */
import type { Manifest } from '@/ui'
import { t } from './messages'

export const manifest: Manifest = {
  name: 'platform',
  nav: [{ to: '/settings', label: () => t('settings.title'), icon: 'settings', order: 90, key: 's' }],
  routes: [
    { path: '/settings', load: () => import('./ProfilePage') },
    { path: '/settings/profile', load: () => import('./ProfilePage') },
  ],
  commands: [
    {
      id: 'profile',
      label: () => t('profile.title'),
      keywords: 'password totp token 密码 令牌',
      to: '/settings/profile',
    },
  ],
}
