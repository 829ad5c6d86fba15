/** D  The service desk (R2-12, R3-4, R0-4): cases, what is said and done about them, and the clock of each. */
import { lazy } from 'react'
import type { Manifest } from '@/ui'
import { t } from './messages'

export { caseTitle } from './options'

/** What a customer brought to us, on its page. */
export const CustomerCases = lazy(() => import('./CustomerCases'))

export const manifest: Manifest = {
  name: 'desk',
  nav: [{ to: '/cases', label: () => t('desk.nav'), icon: 'chat', order: 35, permission: ['case', 'read'], key: 's' }],
  routes: [
    { path: '/cases', load: () => import('./CaseList'), permission: ['case', 'read'] },
    { path: '/cases/$id', load: () => import('./CasePage'), permission: ['case', 'read'] },
  ],
  commands: [
    {
      id: 'desk.new',
      label: () => t('desk.new'),
      permission: ['case', 'create'],
      keywords: 'case ticket complaint problem 工单 投诉 报修 咨询 建议 表扬 来电',
      panel: () => import('./NewCase'),
      quick: true,
      key: 'g',
    },
    {
      id: 'desk.cases',
      label: () => t('desk.title'),
      permission: ['case', 'read'],
      keywords: 'cases tickets 工单 投诉 客服',
      to: '/cases',
    },
  ],
  records: { case: (id) => `/cases/${id}` },
}
