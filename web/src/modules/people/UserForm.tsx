import { useQuery } from '@tanstack/react-query'
import { useCan } from '@/api'
import { ChoiceField, Department, Form, MultiChoice, Person, required, Text, useForm } from '@/ui'
import {
  changeUser,
  createUser,
  type Invitation,
  keys,
  personQuery,
  postsQuery,
  roleName,
  rolesQuery,
  type User,
  useRefresh,
} from './queries'
import { t } from './words'

type Values = {
  name: string
  login: string
  department_id: string | null
  supervisor_id: string | null
  post_id: string | null
  roles: string[]
}

type Props = { user?: User; onDone: (user: User, invitation?: Invitation | null) => void; onCancel: () => void }

export function UserForm({ user, onDone, onCancel }: Props) {
  const can = useCan()
  const refresh = useRefresh()
  const posts = useQuery({ ...postsQuery, enabled: can('post', 'read') }).data ?? []
  const roles = useQuery({ ...rolesQuery, enabled: can('role', 'read') }).data ?? []
  const supervisor = useQuery({ ...personQuery(user?.supervisor_id ?? ''), enabled: Boolean(user?.supervisor_id) }).data
  const form = useForm<Values>({
    initial: {
      name: user?.name ?? '',
      login: user?.login ?? '',
      department_id: user?.department_id ?? null,
      supervisor_id: user?.supervisor_id ?? null,
      post_id: user?.post_id ?? null,
      roles: user?.roles ?? [],
    },
    check: required<Values>({ name: t('user.name'), login: t('user.login') }),
    submit: async ({ login, roles: chosen, ...rest }) => {
      const body = { ...rest, name: rest.name.trim() }
      // Roles are another right: what did not change is not sent.
      const changed = JSON.stringify(chosen) === JSON.stringify(user?.roles) ? {} : { roles: chosen }
      if (user) {
        const saved = await changeUser(user, { ...body, ...changed })
        await refresh(keys.users)
        onDone(saved)
        return
      }
      const { invitation, ...created } = await createUser({ ...body, login: login.trim(), roles: chosen })
      await refresh(keys.users)
      onDone(created, invitation)
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel}>
      <div className="two">
        <Text label={t('user.name')} required autoFocus maxLength={60} {...form.bind('name')} />
        <Text
          label={t('user.login')}
          hint={user ? undefined : t('user.login_hint')}
          required
          disabled={Boolean(user)}
          maxLength={60}
          {...form.bind('login')}
        />
        <Department label={t('user.department')} {...form.bind('department_id')} />
        <ChoiceField
          label={t('user.post')}
          options={posts.map((post) => ({ value: post.id, label: post.name }))}
          {...form.bind('post_id')}
        />
        <Person
          label={t('user.supervisor')}
          current={supervisor ? { id: supervisor.id, name: supervisor.name } : null}
          {...form.bind('supervisor_id')}
        />
      </div>
      {can('role', 'manage') && (
        <MultiChoice
          label={t('user.roles')}
          options={roles.map((role) => ({ value: role.id, label: roleName(role) }))}
          {...form.bind('roles')}
        />
      )}
    </Form>
  )
}
