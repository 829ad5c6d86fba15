/** Protection (R2-7.1, R4-5): what people have consented to, and what they ask about their own information. */
import { lazy } from 'react'
import type { Manifest } from '@/ui'
import { m } from './messages'

/** How the people of a customer stand to each purpose: beside the customer's record. */
export const Consents = lazy(() => import('./consents/Consents'))
/** The request about a customer that waits for its answer: where the duty is shown. */
export const RequestPanel = lazy(() => import('./requests/RequestPanel'))

export const manifest: Manifest = {
  name: 'protection',
  routes: [
    {
      path: '/settings/requests',
      load: () => import('./requests/RequestPage'),
      permission: ['subject_request', 'read'],
    },
    { path: '/settings/alarms', load: () => import('./alarms/AlarmPage'), permission: ['alarm', 'read'] },
    { path: '/settings/purposes', load: () => import('./consents/PurposePage'), permission: ['setting', 'update'] },
  ],
  commands: [
    {
      id: 'protection.requests',
      label: () => m('protection.requests'),
      permission: ['subject_request', 'read'],
      keywords: 'data subject request privacy gdpr pipl 个人信息 权利 副本 删除 更正',
      to: '/settings/requests',
    },
    {
      id: 'protection.alarms',
      label: () => m('protection.alarms'),
      permission: ['alarm', 'read'],
      keywords: 'alarm leak unusual reading export 告警 泄露 异常 读取',
      to: '/settings/alarms',
    },
    {
      id: 'protection.purposes',
      label: () => m('protection.purposes'),
      permission: ['setting', 'update'],
      keywords: 'consent purpose notice 同意 告知 目的',
      to: '/settings/purposes',
    },
  ],
}
