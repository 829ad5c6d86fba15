/** The parts of a colleague's record: who they are, what they may do, and what an administrator does about them. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { messageOf, useCan, useMe } from '@/api'
import { t as words } from '@/i18n'
import { HandOverAll } from '@/modules/customers'
import {
  Button,
  Dialog,
  Facts,
  Form,
  Link,
  Menu,
  type MenuItem,
  MultiChoice,
  type RecordParts,
  Skeleton,
  Status,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { LinkNotice } from './LinkNotice'
import { PersonName } from './PersonName'
import {
  changeUser,
  giveRoles,
  type Invitation,
  inviteUser,
  keys,
  personQuery,
  removeTotp,
  roleName,
  rolesQuery,
  type User,
  useNames,
  useRefresh,
} from './queries'
import { RightsList } from './RightsList'
import type { Permissions } from './rights'
import { UserForm } from './UserForm'
import { t } from './words'
import './people.css'

export function useUserRecord(id: string): { parts: RecordParts; error: unknown; retry: () => void } {
  const { data: user, error, refetch } = useQuery(personQuery(id))
  return {
    error,
    retry: () => void refetch(),
    parts: {
      title: user?.name ?? t('user.facts'),
      marks: user && (
        <>
          <Status tone={user.active ? 'good' : 'none'}>{t(user.active ? 'user.active.yes' : 'user.active.no')}</Status>
          <span>{user.login}</span>
        </>
      ),
      actions: user && <Acts user={user} />,
      facts: user ? <UserFacts user={user} /> : <Skeleton lines={6} />,
      timeline: user ? <Rights user={user} /> : <Skeleton lines={6} />,
    },
  }
}

function UserFacts({ user }: { user: User }) {
  const names = useNames()
  const can = useCan()
  return (
    <Facts
      groups={[
        {
          title: t('user.facts'),
          facts: [
            {
              key: 'department',
              label: t('user.department'),
              value: user.department_id && names.department(user.department_id),
            },
            { key: 'post', label: t('user.post'), value: user.post_id && names.post(user.post_id) },
            {
              key: 'supervisor',
              label: t('user.supervisor'),
              value: user.supervisor_id && <PersonName id={user.supervisor_id} />,
            },
            { key: 'totp', label: t('user.totp'), value: t(user.totp ? 'user.totp.on' : 'user.totp.off') },
            ...(can('duty', 'read')
              ? [
                  {
                    key: 'duties',
                    label: t('user.open_duties'),
                    value: <Link to={dutiesOf(user.id)}>{t('user.open_duties')}</Link>,
                  },
                ]
              : []),
          ],
        },
      ]}
    />
  )
}

function dutiesOf(id: string): string {
  const filter = [
    ['owner', 'eq', id],
    ['state', 'in', ['open', 'paused']],
  ]
  return `/policy/duties?${new URLSearchParams({ f: JSON.stringify(filter) })}`
}

function Rights({ user }: { user: User }) {
  const can = useCan()
  const names = useNames()
  const roles = useQuery({ ...rolesQuery, enabled: can('role', 'read') }).data ?? []
  const held = roles.filter((role) => user.roles.includes(role.id))
  return (
    <section className="stack">
      <h2>{t('user.rights')}</h2>
      {user.roles.length === 0 && <p className="dim">{t('user.rights_none')}</p>}
      {held.map((role) => (
        <div key={role.id}>
          <h3>{names.role(role.id)}</h3>
          <RightsList permissions={role.permissions as Permissions} />
        </div>
      ))}
    </section>
  )
}

function Acts({ user }: { user: User }) {
  const can = useCan()
  const me = useMe()
  const refresh = useRefresh()
  const [editing, setEditing] = useState(false)
  const [invitation, setInvitation] = useState<Invitation>()
  const [handing, setHanding] = useState(false)
  // Whoever leads people may hand their customers over without administering them.
  const handOver = can('customer', 'assign') && (
    <>
      <Button size="xs" icon="people" onClick={() => setHanding(true)}>
        {t('user.hand_over')}
      </Button>
      {handing && (
        <Suspense>
          <HandOverAll userId={user.id} onClose={() => setHanding(false)} />
        </Suspense>
      )}
    </>
  )
  if (!can('user', 'update')) {
    return (
      <>
        {handOver}
        {can('role', 'manage') && user.id !== me?.id && <GiveRoles user={user} />}
      </>
    )
  }
  const attempt = (act: () => Promise<unknown>) => async () => {
    try {
      await act()
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(keys.users)
  }
  const activate = attempt(async () => {
    await changeUser(user, { active: true })
    toast(t('user.activated', { name: user.name }))
  })
  const deactivate = attempt(async () => {
    const gone = await changeUser(user, { active: false })
    const back = attempt(() => changeUser(gone, { active: true }))
    undoable(t('user.deactivated', { name: user.name }), () => void back())
  })
  const items: MenuItem[] = [
    {
      label: t('user.link_new'),
      disabled: !user.active,
      onClick: attempt(async () => setInvitation(await inviteUser(user.id))),
    },
  ]
  if (user.totp && can('user', 'manage')) {
    items.push({
      label: t('user.reset_totp'),
      onClick: attempt(async () => {
        await removeTotp(user.id)
        toast(t('user.totp_removed', { name: user.name }))
      }),
    })
  }
  if (user.id !== me?.id) {
    items.push(
      'line',
      user.active
        ? { label: t('user.deactivate'), danger: true, onClick: deactivate }
        : { label: t('user.activate'), onClick: activate },
    )
  }
  return (
    <>
      {handOver}
      <Button size="xs" icon="edit" onClick={() => setEditing(true)}>
        {words('edit')}
      </Button>
      <Menu items={items}>
        <Button size="xs">{words('more')}</Button>
      </Menu>
      <Dialog title={t('user.edit')} open={editing} onClose={() => setEditing(false)} size={620}>
        <UserForm
          user={user}
          onCancel={() => setEditing(false)}
          onDone={() => {
            setEditing(false)
            toast(words('saved'))
          }}
        />
      </Dialog>
      <Dialog title={t('user.link')} open={invitation !== undefined} onClose={() => setInvitation(undefined)}>
        {invitation && <LinkNotice name={user.name} invitation={invitation} />}
      </Dialog>
    </>
  )
}

/** For whoever says who may do what, and administers nobody. */
function GiveRoles({ user }: { user: User }) {
  const refresh = useRefresh()
  const roles = useQuery(rolesQuery).data ?? []
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button size="xs" icon="edit" onClick={() => setOpen(true)}>
        {t('user.give_roles')}
      </Button>
      <Dialog title={t('user.give_roles')} open={open} onClose={close} size={480}>
        <RolesForm
          user={user}
          options={roles.map((role) => ({ value: role.id, label: roleName(role) }))}
          onCancel={close}
          onDone={async () => {
            close()
            toast(words('saved'))
            await refresh(keys.users, keys.roles)
          }}
        />
      </Dialog>
    </>
  )
}

type RolesFormProps = {
  user: User
  options: { value: string; label: string }[]
  onDone: () => Promise<void>
  onCancel: () => void
}

function RolesForm({ user, options, onDone, onCancel }: RolesFormProps) {
  const form = useForm<{ roles: string[] }>({
    initial: { roles: [...user.roles] },
    check: () => ({}),
    submit: async ({ roles }) => {
      await giveRoles(user, roles)
      await onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel}>
      <MultiChoice label={t('user.roles')} options={options} {...form.bind('roles')} />
    </Form>
  )
}
