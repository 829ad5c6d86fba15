/** People (R1-2.1, R3-post): departments, posts, users, roles, who is away. The pages stand among the settings. */
import type { Manifest } from '@/ui'
import { m } from './messages'

export const manifest: Manifest = {
  name: 'people',
  routes: [
    { path: '/settings/people', load: () => import('./UserList'), permission: ['user', 'read'] },
    { path: '/settings/people/$id', load: () => import('./UserPage'), permission: ['user', 'read'] },
    { path: '/settings/departments', load: () => import('./DepartmentPage'), permission: ['department', 'read'] },
    { path: '/settings/posts', load: () => import('./PostPage'), permission: ['post', 'read'] },
    { path: '/settings/roles', load: () => import('./RoleList'), permission: ['role', 'read'] },
    { path: '/settings/roles/$id', load: () => import('./RoleForm'), permission: ['role', 'read'] },
    { path: '/settings/absences', load: () => import('./AbsencePage'), permission: ['absence', 'read'] },
  ],
  commands: [
    {
      id: 'people',
      label: () => m('people.title'),
      permission: ['user', 'read'],
      keywords: 'users colleagues 人员 用户',
      to: '/settings/people',
    },
    {
      id: 'people.absences',
      label: () => m('people.absences'),
      permission: ['absence', 'read'],
      keywords: 'leave absence 请假 休假',
      to: '/settings/absences',
    },
  ],
  records: { user: (id) => `/settings/people/${id}` },
}
