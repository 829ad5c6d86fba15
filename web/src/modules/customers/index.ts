/** Customers (R3-1.1 … R3-1.3): the archive, its contacts and what happened with them. */
import type { Manifest } from '@/ui'
import { t } from './messages'

export { Grade, gradeOptions, word } from './options'
export { customerQuery } from './queries'

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
  ],
  records: { customer: (id) => `/customers/${id}` },
}
