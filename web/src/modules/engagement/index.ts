/** C  Contact work (R3-2.1, R3-2.2, R3-2.3): the day's duties, the record of each contact, to-dos, and the team. */
import { lazy } from 'react'
import type { Manifest } from '@/ui'
import { t } from './messages'

export { clausePath, dutyText, progressText } from './duty'
export { checkInText, locate, metres, type Standing } from './field/position'

/** The button of the act that fulfils a duty. */
export const DutyAct = lazy(() => import('./DutyAct'))
/** What an export of contact records was asked for. */
export const AskedRecords = lazy(() => import('./AskedRecords'))
/** On top of a customer's timeline. */
export const Composer = lazy(() => import('./Composer'))
/** The record of a visit that is being made, opened over another page. */
export const QuickRecord = lazy(() => import('./QuickRecord'))
/** A customer's open to-dos, ticked off in place. */
export const CustomerTodos = lazy(() => import('./CustomerTodos'))

export const manifest: Manifest = {
  name: 'engagement',
  nav: [
    { to: '/', label: () => t('today.title'), icon: 'today', order: 10, permission: ['duty', 'read'], key: 't' },
    { to: '/team', label: () => t('team.title'), icon: 'team', order: 85, permission: ['duty', 'approve'], key: 'm' },
  ],
  routes: [
    {
      path: '/',
      load: () => import('./TodayPage'),
      permission: ['duty', 'read'],
      begin: async (client, me) => (await import('./begin')).begin(client, me),
    },
    { path: '/todos', load: () => import('./TodoPage'), permission: ['todo', 'read'] },
    { path: '/interactions', load: () => import('./InteractionPage'), permission: ['interaction', 'read'] },
    { path: '/team', load: () => import('./TeamPage'), permission: ['duty', 'approve'] },
  ],
  commands: [
    {
      id: 'engagement.record',
      label: () => t('record.title'),
      permission: ['interaction', 'create'],
      keywords: 'record contact call visit 跟进 联系 电话 拜访',
      panel: () => import('./QuickRecord'),
      quick: true,
      key: 'c',
    },
    {
      id: 'engagement.todos',
      label: () => t('todos.title'),
      permission: ['todo', 'read'],
      keywords: 'to-do todo 任务',
      to: '/todos',
    },
    {
      id: 'engagement.todo.new',
      label: () => t('todos.new'),
      permission: ['todo', 'create'],
      keywords: 'add todo 任务',
      panel: () => import('./NewTodo'),
    },
    {
      id: 'engagement.interactions',
      label: () => t('interactions.title'),
      permission: ['interaction', 'read'],
      keywords: 'contacts history 跟进记录',
      to: '/interactions',
    },
  ],
  records: { todo: (id) => `/todos?open=${id}` },
  corrections: [{ path: /^\/api\/v1\/customers\/[^/]+\/interactions$/, panel: () => import('./CorrectRecord') }],
}
