/** A role: for every kind of record what may be done with whose, and how much of the personal data is seen. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Action, type CustomField, customFieldsQuery, customLabel, isSealed, messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import {
  Button,
  ChoiceField,
  Department,
  Failed,
  Form,
  type FormState,
  IconButton,
  Link,
  NumberField,
  required,
  Skeleton,
  Text,
  toast,
  useForm,
  useGo,
  useParam,
  useSearch,
  useTitle,
} from '@/ui'
import {
  changeRole,
  createRole,
  deleteRole,
  departmentsQuery,
  keys,
  type Role,
  roleName,
  rolesQuery,
  useRefresh,
} from './queries'
import {
  ACCESSES,
  type Access,
  AMOUNTS,
  type Entity,
  FIELDS,
  MATRIX,
  type Permissions,
  type ScopeName,
  scopeName,
  scopesOf,
  withScope,
} from './rights'
import { t } from './words'
import './people.css'

type Values = {
  name: string
  permissions: Permissions
  fields: Record<string, Access>
  export_rows: number | null
}

export default function RoleForm() {
  const id = useParam('id')
  const { copy } = useSearch()
  const roles = useQuery(rolesQuery)
  const role = roles.data?.find((one) => one.id === id)
  const source = role ?? roles.data?.find((one) => one.id === copy)
  useTitle(role ? roleName(role) : t('role.new'))
  if (roles.isError) {
    return <Failed title={words('list.failed')} why={messageOf(roles.error)} onRetry={() => void roles.refetch()} />
  }
  if (!roles.data) {
    return (
      <SettingsFrame>
        <Skeleton lines={10} />
      </SettingsFrame>
    )
  }
  return <Editor key={role?.version ?? copy ?? 'new'} role={role} source={source} roles={roles.data} />
}

type EditorProps = { role: Role | undefined; source: Role | undefined; roles: Role[] }

function Editor({ role, source, roles }: EditorProps) {
  const can = useCan()
  const go = useGo()
  const refresh = useRefresh()
  const name = role ? roleName(role) : source ? t('role.copy_of', { name: roleName(source) }) : ''
  const form = useForm<Values>({
    initial: {
      name,
      permissions: (source?.permissions ?? {}) as Permissions,
      fields: (source?.fields ?? {}) as Record<string, Access>,
      export_rows: source?.export_rows ?? null,
    },
    check: required<Values>({ name: t('role.name') }),
    submit: async (values, key) => {
      // A built-in role whose name was not touched keeps the name that both languages know.
      const sent = role && values.name === name ? {} : { name: values.name.trim() }
      const rights = {
        permissions: values.permissions,
        fields: values.fields,
        export_rows: values.export_rows,
      } as never
      if (role) await changeRole(role, { ...sent, ...(rights as object) })
      else await createRole({ name: values.name.trim(), ...(rights as object) }, key)
      toast(words('saved'))
      await refresh(keys.roles)
      if (!role) setTimeout(() => go('/settings/roles', { replace: true }))
    },
  })
  const remove = async () => {
    if (!role) return
    try {
      await deleteRole(role.id)
      toast(t('role.deleted', { name: role.name }))
      go('/settings/roles')
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(keys.roles)
  }
  const follow = async () => {
    if (!role) return
    try {
      await changeRole(role, { follow: true })
      toast(t('role.followed'))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(keys.roles)
  }
  const acts = role && (
    <div className="row">
      {role.builtin && !role.follows && can('role', 'update') && (
        <Button onClick={() => void follow()}>{t('role.follow')}</Button>
      )}
      {can('role', 'create') && (
        <Button onClick={() => go(`/settings/roles/new?copy=${role.id}`)}>{t('role.copy')}</Button>
      )}
      {can('role', 'delete') && !role.builtin && <Button onClick={() => void remove()}>{t('role.delete')}</Button>}
    </div>
  )
  return (
    <SettingsFrame title={role ? t('role.edit', { name }) : t('role.new')} actions={acts}>
      <p>
        <Link to="/settings/roles">‹ {t('role.back')}</Link>
      </p>
      <Form form={form} onCancel={() => go('/settings/roles')}>
        <div className="role-name">
          <Text label={t('role.name')} required maxLength={60} {...form.bind('name')} />
          {!role && <CopyFrom roles={roles} form={form} />}
          <NumberField
            label={t('role.export_rows')}
            hint={t('role.export_rows_why')}
            min={0}
            max={10_000_000}
            {...form.bind('export_rows')}
          />
        </div>
        {role?.builtin && !role.follows && <p className="dim">{t('role.own_why')}</p>}
        <section className="stack">
          <div>
            <h2>{t('role.permissions')}</h2>
            <p className="dim">{t('role.scope_hint')}</p>
          </div>
          <div className="matrix">
            {(Object.keys(MATRIX) as Entity[]).map((entity) => (
              <EntityRights key={entity} entity={entity} form={form} />
            ))}
          </div>
        </section>
        <FieldRights form={form} />
      </Form>
    </SettingsFrame>
  )
}

/** What is allowed is easier to change than to think up; the name that was typed stays. */
function CopyFrom({ roles, form }: { roles: Role[]; form: FormState<Values> }) {
  const [from, setFrom] = useState<string | null>(null)
  const copy = (id: string | null) => {
    setFrom(id)
    const source = roles.find((one) => one.id === id)
    if (!source) return
    const permissions = source.permissions as Permissions
    const name = form.values.name.trim() ? {} : { name: t('role.copy_of', { name: roleName(source) }) }
    form.set({ ...name, permissions, fields: source.fields as Record<string, Access> })
  }
  return (
    <ChoiceField
      label={t('role.copy_from')}
      options={roles.map((one) => ({ value: one.id, label: roleName(one) }))}
      value={from}
      onChange={copy}
    />
  )
}

function EntityRights({ entity, form }: { entity: Entity; form: FormState<Values> }) {
  const { permissions } = form.values
  const set = (action: Action, name: ScopeName) => {
    const scope = name === 'chosen' ? { chosen: [] } : name
    form.set({ permissions: withScope(permissions, entity, action, scope) })
  }
  return (
    <fieldset>
      <legend>{t(`entity.${entity}`)}</legend>
      {MATRIX[entity].map((action) => {
        const scope = permissions[entity]?.[action]
        return (
          <div key={action} className="right">
            <label data-granted={scopeName(scope) !== 'none' || undefined}>
              <span>{t(`action.${action}`)}</span>
              <select
                className="native"
                value={scopeName(scope)}
                onChange={(event) => set(action, event.currentTarget.value as ScopeName)}
              >
                {scopesOf(entity).map((name) => (
                  <option key={name} value={name}>
                    {t(`scope.${name}`)}
                  </option>
                ))}
              </select>
            </label>
            {typeof scope === 'object' && (
              <Chosen
                ids={scope.chosen}
                onChange={(chosen) => form.set({ permissions: withScope(permissions, entity, action, { chosen }) })}
              />
            )}
          </div>
        )
      })}
    </fieldset>
  )
}

function Chosen({ ids, onChange }: { ids: string[]; onChange: (ids: string[]) => void }) {
  const departments = useQuery(departmentsQuery).data ?? []
  return (
    <div className="chosen">
      {ids.map((id) => (
        <span key={id} className="row between">
          {departments.find((one) => one.id === id)?.name}
          <IconButton icon="close" label={words('remove')} onClick={() => onChange(ids.filter((one) => one !== id))} />
        </span>
      ))}
      <Department
        aria-label={t('role.chosen')}
        placeholder={t('role.chosen')}
        value={null}
        onChange={(id) => id && !ids.includes(id) && onChange([...ids, id])}
      />
    </div>
  )
}

/** Only what is sealed has a masked form, and what the search finds is hidden from nobody. */
function accessesOf(field: CustomField): readonly Access[] {
  return ACCESSES.filter(
    (access) => (access !== 'masked' || isSealed(field)) && (access !== 'hidden' || !field.searchable),
  )
}

function FieldRights({ form }: { form: FormState<Values> }) {
  const { fields } = form.values
  const custom = (useQuery(customFieldsQuery).data ?? []).map((field) => ({
    field: `${field.entity}.${field.key}`,
    label: `${t(`entity.${field.entity as Entity}`)} · ${customLabel(field)}`,
    accesses: accessesOf(field),
  }))
  const personal = FIELDS.map((field) => ({ field, label: t(`personal.${field}`), accesses: ACCESSES }))
  const plain = ACCESSES.filter((access) => access !== 'masked')
  const amounts = AMOUNTS.map((field) => ({ field, label: t(`personal.${field}`), accesses: plain }))
  const set = (field: string, access: string) => {
    const { [field]: _, ...rest } = fields
    form.set({ fields: access === '' ? rest : { ...rest, [field]: access as Access } })
  }
  return (
    <section className="section stack">
      <div>
        <h2>{t('role.fields')}</h2>
        <p className="dim">{t('role.fields_why')}</p>
      </div>
      <div className="matrix">
        {[...personal, ...amounts, ...custom].map(({ field, label, accesses }) => (
          <label key={field} className="right">
            <span>{label}</span>
            <select
              className="native"
              value={fields[field] ?? ''}
              onChange={(event) => set(field, event.currentTarget.value)}
            >
              <option value="">{t('role.default')}</option>
              {accesses.map((access) => (
                <option key={access} value={access}>
                  {t(`access.${access}`)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
    </section>
  )
}
