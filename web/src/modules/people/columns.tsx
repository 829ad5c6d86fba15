import { list } from '@/i18n'
import { type Column, Status } from '@/ui'
import { PersonName } from './PersonName'
import type { User } from './queries'
import { t } from './words'

type Names = { department: (id: string) => string; post: (id: string) => string; role: (id: string) => string }

export function userColumns(names: Names): Column<User>[] {
  return [
    {
      key: 'name',
      title: () => t('user.name'),
      kind: 'text',
      text: (u) => u.name,
      width: 130,
      sort: true,
      filter: true,
    },
    { key: 'login', title: () => t('user.login'), kind: 'text', text: (u) => u.login, width: 130, filter: true },
    {
      key: 'department_id',
      title: () => t('user.department'),
      kind: 'department',
      text: (u) => (u.department_id ? names.department(u.department_id) : ''),
      width: 160,
      filter: true,
      card: 'line',
    },
    {
      key: 'post_id',
      title: () => t('user.post'),
      kind: 'text',
      text: (u) => (u.post_id ? names.post(u.post_id) : ''),
      width: 130,
      card: 'line',
    },
    {
      key: 'supervisor_id',
      title: () => t('user.supervisor'),
      kind: 'person',
      text: () => '',
      cell: (u) => <PersonName id={u.supervisor_id} />,
      width: 120,
      filter: true,
    },
    {
      key: 'roles',
      title: () => t('user.roles'),
      kind: 'text',
      text: (u) => list(u.roles.map(names.role).filter(Boolean)),
      width: 200,
      card: 'line',
    },
    {
      key: 'active',
      title: () => t('user.active'),
      kind: 'bool',
      options: () => [
        { value: 'true', label: t('user.active.yes') },
        { value: 'false', label: t('user.active.no') },
      ],
      text: (u) => t(u.active ? 'user.active.yes' : 'user.active.no'),
      cell: (u) => (
        <Status tone={u.active ? 'good' : 'none'}>{t(u.active ? 'user.active.yes' : 'user.active.no')}</Status>
      ),
      width: 110,
      filter: true,
      card: 'mark',
    },
    {
      key: 'totp',
      title: () => t('user.totp'),
      kind: 'bool',
      text: (u) => t(u.totp ? 'user.totp.on' : 'user.totp.off'),
      width: 110,
    },
  ]
}
