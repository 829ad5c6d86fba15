/** Customers (R3-1.1 … R3-1.5, R0-2.1): the archive, its contacts and what happened with them. */
import { lazy } from 'react'
import type { Manifest } from '@/ui'
import { t } from './messages'

export { Grade, gradeOptions, word } from './options'
export { contactsQuery, customerQuery, reveal as revealValue } from './queries'

/** A customer over another room's page. */
export const CustomerDrawer = lazy(() => import('./CustomerDrawer'))
/** The acts that fulfil duties of the archive. */
export const VerifyPanel = lazy(() => import('./VerifyPanel'))
export const EventPanel = lazy(() => import('./EventPanel'))
/** What an export was asked for. */
export const AskedCustomers = lazy(() => import('./AskedCustomers'))
/** Hands over all customers of a colleague. */
export const HandOverAll = lazy(() => import('./bulk/HandOverAll'))
/** The files of a record of any room. */
export const Attachments = lazy(() => import('./attachments/Attachments'))
/** The same as a button beside the record. */
export const RecordFiles = lazy(() =>
  import('./attachments/RecordFiles').then((file) => ({ default: file.RecordFiles })),
)
export const DecidePanel = lazy(() => import('./grades/DecidePanel'))

export const manifest: Manifest = {
  name: 'customers',
  nav: [
    {
      to: '/customers',
      label: () => t('customers.title'),
      icon: 'customers',
      order: 20,
      permission: ['customer', 'read'],
      key: 'c',
    },
  ],
  routes: [
    { path: '/customers', load: () => import('./CustomerList'), permission: ['customer', 'read'] },
    {
      path: '/customers/cooperation/import',
      load: () => import('./cooperation/ImportPage'),
      permission: ['cooperation', 'import'],
    },
    { path: '/customers/near', load: () => import('./near/NearPage'), permission: ['customer', 'read'] },
    { path: '/customers/import', load: () => import('./import/ImportPage'), permission: ['customer', 'import'] },
    {
      path: '/customers/duplicates',
      load: () => import('./duplicates/DuplicateList'),
      permission: ['customer', 'read'],
    },
    { path: '/customers/quality', load: () => import('./quality/QualityPage'), permission: ['customer', 'read'] },
    { path: '/customers/verification', load: () => import('./round/RoundPage'), permission: ['duty', 'read'] },
    { path: '/customers/grades', load: () => import('./grades/ProposalList'), permission: ['customer', 'read'] },
    { path: '/customers/handovers', load: () => import('./handovers/HandoverList'), permission: ['customer', 'read'] },
    {
      path: '/customers/handovers/$id',
      load: () => import('./handovers/HandoverPage'),
      permission: ['customer', 'read'],
    },
    {
      path: '/settings/handover',
      load: () => import('./handovers/ChecklistPage'),
      permission: ['setting', 'update'],
    },
    { path: '/customers/bin', load: () => import('./bin/BinList'), permission: ['customer', 'read'] },
    { path: '/customers/bulk', load: () => import('./bulk/BulkList'), permission: ['customer', 'read'] },
    { path: '/customers/$id', load: () => import('./CustomerPage'), permission: ['customer', 'read'] },
  ],
  commands: [
    {
      id: 'customers.new',
      label: () => t('customers.new'),
      permission: ['customer', 'create'],
      keywords: 'add customer 新增',
      panel: () => import('./NewCustomer'),
    },
    {
      id: 'customers.import',
      label: () => t('customers.import'),
      permission: ['customer', 'import'],
      keywords: 'import xlsx csv excel 批量 导入',
      to: '/customers/import',
    },
    {
      id: 'customers.cooperation',
      label: () => t('customers.cooperation_import'),
      permission: ['cooperation', 'import'],
      keywords: 'order contract renewal import 订单 合同 续约 导入',
      to: '/customers/cooperation/import',
    },
    {
      id: 'customers.quality',
      label: () => t('customers.quality'),
      permission: ['customer', 'read'],
      keywords: 'quality stale bounce invalid 质量 空号 退信 久未更新',
      to: '/customers/quality',
    },
    {
      id: 'customers.round',
      label: () => t('customers.round'),
      permission: ['duty', 'read'],
      keywords: 'verification quarter 核对 季度',
      to: '/customers/verification',
    },
    {
      id: 'customers.grades',
      label: () => t('customers.grades'),
      permission: ['customer', 'read'],
      keywords: 'approval tier 审批 待我审批 级别',
      to: '/customers/grades',
    },
    {
      id: 'customers.handovers',
      label: () => t('customers.handovers'),
      permission: ['customer', 'read'],
      keywords: 'hand over handover 交接 移交 离职 调岗',
      to: '/customers/handovers',
    },
    {
      id: 'customers.handover_checklist',
      label: () => t('customers.handover_checklist'),
      permission: ['setting', 'update'],
      keywords: 'hand over checklist 交接 清单',
      to: '/settings/handover',
    },
    {
      id: 'customers.bin',
      label: () => t('customers.bin'),
      permission: ['customer', 'read'],
      keywords: 'recycle bin trash restore 恢复 删除',
      to: '/customers/bin',
    },
  ],
  records: { customer: (id) => `/customers/${id}`, import: (id) => `/customers/import?id=${id}` },
}
