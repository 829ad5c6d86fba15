/** The frame of every page of the settings: what there is on the left, the page on the right. */
import type { ReactNode } from 'react'
import { type Action, useCan } from '@/api'
import { Link, useCurrentSeen, usePath, useTitle } from '@/ui'
import { m } from './messages'
import './platform.css'

type Item = { to: string; label: () => string; permission?: [entity: string, action: Action] }

const groups: { title: () => string; items: Item[] }[] = [
  {
    title: () => m('settings.mine'),
    items: [
      { to: '/settings/profile', label: () => m('profile.title') },
      { to: '/settings/notifications', label: () => m('settings.notifications') },
      { to: '/settings/jobs', label: () => m('settings.jobs'), permission: ['job', 'read'] },
      { to: '/settings/exports', label: () => m('settings.exports'), permission: ['release', 'read'] },
    ],
  },
  {
    title: () => m('settings.organisation'),
    items: [
      { to: '/settings/people', label: () => m('settings.people'), permission: ['user', 'read'] },
      { to: '/settings/departments', label: () => m('settings.departments'), permission: ['department', 'read'] },
      { to: '/settings/posts', label: () => m('settings.posts'), permission: ['post', 'read'] },
      { to: '/settings/roles', label: () => m('settings.roles'), permission: ['role', 'read'] },
      { to: '/settings/absences', label: () => m('settings.absences'), permission: ['absence', 'read'] },
    ],
  },
  {
    title: () => m('settings.company_group'),
    items: [
      { to: '/settings/company', label: () => m('settings.company'), permission: ['setting', 'update'] },
      { to: '/settings/custom-fields', label: () => m('settings.custom_fields'), permission: ['setting', 'update'] },
      { to: '/settings/handover', label: () => m('settings.handover'), permission: ['setting', 'update'] },
      { to: '/settings/calendar', label: () => m('settings.calendar'), permission: ['setting', 'read'] },
      { to: '/settings/audit', label: () => m('settings.audit'), permission: ['audit', 'read'] },
    ],
  },
  {
    title: () => m('settings.protection_group'),
    items: [
      { to: '/settings/alarms', label: () => m('settings.alarms'), permission: ['alarm', 'read'] },
      { to: '/settings/requests', label: () => m('settings.requests'), permission: ['subject_request', 'read'] },
      { to: '/settings/purposes', label: () => m('settings.purposes'), permission: ['setting', 'update'] },
    ],
  },
]

type Props = {
  /** Left out by pages that bring a heading of their own. */
  title?: string
  actions?: ReactNode
  narrow?: boolean
  children: ReactNode
}

export function SettingsFrame({ title, actions, narrow, children }: Props) {
  const can = useCan()
  const nav = useCurrentSeen()
  const path = usePath()
  const here = groups.flatMap(({ items }) => items).find(({ to }) => path.startsWith(to))
  useTitle(title ?? here?.label() ?? m('settings.title'))
  return (
    <div className="page settings">
      <nav ref={nav} className="settings-nav no-print" aria-label={m('settings.nav')}>
        {groups.map((group) => {
          const items = group.items.filter(({ permission }) => !permission || can(...permission))
          return items.length === 0 ? null : (
            <section key={group.title()} aria-label={group.title()}>
              <h2 className="small">{group.title()}</h2>
              <ul>
                {items.map((item) => (
                  <li key={item.to}>
                    <Link to={item.to}>{item.label()}</Link>
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </nav>
      <div className={narrow ? 'settings-body narrow' : 'settings-body'}>
        {title && (
          <div className="page-head">
            <h1>{title}</h1>
            {actions}
          </div>
        )}
        {children}
      </div>
    </div>
  )
}
