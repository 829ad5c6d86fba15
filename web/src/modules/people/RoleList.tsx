import { useQuery } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import { Button, Failed, Link, Skeleton, Tag, useGo } from '@/ui'
import { Administrators } from './Administrators'
import { m } from './messages'
import { roleName, rolesQuery } from './queries'
import { RightsList } from './RightsList'
import type { Permissions } from './rights'
import { t } from './words'
import './people.css'

export default function RoleList() {
  const roles = useQuery(rolesQuery)
  const can = useCan()
  const go = useGo()
  const add = can('role', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => go('/settings/roles/new')}>
      {t('role.new')}
    </Button>
  )
  return (
    <SettingsFrame title={m('people.roles')} actions={add}>
      <Administrators />
      <h2>{t('role.all')}</h2>
      <p className="dim">{t('role.scope_hint')}</p>
      {roles.isPending && <Skeleton lines={8} />}
      {roles.isError && (
        <Failed title={words('list.failed')} why={messageOf(roles.error)} onRetry={() => void roles.refetch()} />
      )}
      <ul className="roles">
        {roles.data?.map((role) => (
          <li key={role.id}>
            <div className="row wrap">
              <h2>
                <Link to={`/settings/roles/${role.id}`}>{roleName(role)}</Link>
              </h2>
              {role.builtin && <Tag>{t('role.builtin')}</Tag>}
              {role.builtin && <Tag>{t(role.follows ? 'role.follows' : 'role.own')}</Tag>}
              <span className="dim">{t('role.holders', { n: role.holders })}</span>
            </div>
            <RightsList permissions={role.permissions as Permissions} />
          </li>
        ))}
      </ul>
    </SettingsFrame>
  )
}
