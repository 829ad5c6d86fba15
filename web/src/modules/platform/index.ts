/** The house itself: one's own account, the company and its working time, the audit, jobs and notifications. */
import type { Manifest } from '@/ui'
import { m } from './messages'

export { SettingsFrame } from './Frame'

export const manifest: Manifest = {
  name: 'platform',
  nav: [{ to: '/settings', label: () => m('settings.title'), icon: 'settings', order: 90, key: 's' }],
  routes: [
    { path: '/settings', load: () => import('./ProfilePage') },
    { path: '/settings/profile', load: () => import('./ProfilePage') },
    { path: '/settings/notifications', load: () => import('./NotificationPage') },
    { path: '/settings/jobs', load: () => import('./JobPage'), permission: ['job', 'read'] },
    { path: '/settings/exports', load: () => import('./exports/ExportPage'), permission: ['release', 'read'] },
    { path: '/settings/company', load: () => import('./CompanyPage'), permission: ['setting', 'read'] },
    {
      path: '/settings/custom-fields',
      load: () => import('./CustomFieldPage'),
      permission: ['setting', 'update'],
    },
    { path: '/settings/calendar', load: () => import('./CalendarPage'), permission: ['setting', 'read'] },
    { path: '/settings/audit', load: () => import('./AuditPage'), permission: ['audit', 'read'] },
  ],
  commands: [
    {
      id: 'profile',
      label: () => m('profile.title'),
      keywords: 'password totp token 密码 令牌',
      to: '/settings/profile',
    },
    {
      id: 'settings.company',
      label: () => m('settings.company'),
      permission: ['setting', 'update'],
      keywords: 'hours time zone holidays 时区 节假日',
      to: '/settings/company',
    },
    {
      id: 'settings.custom_fields',
      label: () => m('settings.custom_fields'),
      permission: ['setting', 'update'],
      keywords: 'custom fields 自定义 字段',
      to: '/settings/custom-fields',
    },
    {
      id: 'settings.exports',
      label: () => m('settings.exports'),
      permission: ['release', 'read'],
      keywords: 'export approve watermark trace leak 导出 审批 水印 追溯 泄露',
      to: '/settings/exports',
    },
    { id: 'settings.jobs', label: () => m('settings.jobs'), keywords: 'jobs 进度 导入 导出', to: '/settings/jobs' },
  ],
}
