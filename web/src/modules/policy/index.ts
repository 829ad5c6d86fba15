/** Policies (R2-14.1, R2-9.1, R0-8.2): the company's regulations, how well each clause is kept, and every duty behind it. */
import type { Manifest } from '@/ui'
import { m } from './messages'

export const manifest: Manifest = {
  name: 'policy',
  nav: [
    {
      to: '/policy',
      lead: { to: '/policy/compliance', permission: ['compliance', 'read'] },
      label: () => m('policy.title'),
      icon: 'policy',
      order: 80,
      permission: ['policy', 'read'],
      key: 'p',
    },
  ],
  routes: [
    { path: '/policy', load: () => import('./PolicyList'), permission: ['policy', 'read'] },
    { path: '/policy/compliance', load: () => import('./CompliancePage'), permission: ['compliance', 'read'] },
    { path: '/policy/duties', load: () => import('./DutyList'), permission: ['duty', 'read'] },
    { path: '/policy/duties/$id', load: () => import('./DutyPage'), permission: ['duty', 'read'] },
    { path: '/policy/$key', load: () => import('./PolicyPage'), permission: ['policy', 'read'] },
    { path: '/policy/$key/edit', load: () => import('./PolicyForm'), permission: ['policy', 'create'] },
    { path: '/policy/versions/$id', load: () => import('./VersionPage'), permission: ['policy', 'read'] },
    // Where notifications and other rooms point.
    { path: '/duties', load: () => import('./DutyList'), permission: ['duty', 'read'] },
    { path: '/duties/$id', load: () => import('./DutyPage'), permission: ['duty', 'read'] },
  ],
  commands: [
    {
      id: 'policy.compliance',
      label: () => m('policy.compliance'),
      permission: ['compliance', 'read'],
      keywords: 'compliance 达标率',
      to: '/policy/compliance',
    },
    {
      id: 'policy.duties',
      label: () => m('policy.duties'),
      permission: ['duty', 'read'],
      keywords: 'duties 应办 逾期',
      to: '/policy/duties',
    },
  ],
  records: { duty: (id) => `/policy/duties/${id}`, policy: (key) => `/policy/${key}` },
}
