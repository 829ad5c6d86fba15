import { useQuery } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { Button, Form, Link, Person, required, Text, toast, useForm } from '@/ui'
import {
  changeDepartment,
  createDepartment,
  deleteDepartment,
  departmentsQuery,
  personQuery,
  useRefresh,
} from './queries'
import { type Department, indent, type Move, outdent, shift } from './tree'
import { t } from './words'

type Props = { department: Department; all: Department[]; onMove: (moves: Move[]) => void; onGone: () => void }

export function DepartmentDetail({ department, all, onMove, onGone }: Props) {
  const can = useCan()
  const refresh = useRefresh()
  const head = useQuery({ ...personQuery(department.head_id ?? ''), enabled: Boolean(department.head_id) }).data
  const parent = all.find((one) => one.id === department.parent_id)
  const form = useForm({
    initial: { name: department.name, head_id: department.head_id ?? null },
    check: required<{ name: string; head_id: string | null }>({ name: t('department.name') }),
    submit: async ({ name, head_id }) => {
      await changeDepartment(department, { name: name.trim(), head_id })
      toast(words('saved'))
      await refresh(departmentsQuery.queryKey)
    },
  })
  const remove = async () => {
    try {
      await deleteDepartment(department.id)
      toast(t('department.deleted', { name: department.name }))
      onGone()
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(departmentsQuery.queryKey)
  }
  const moves = [
    ['department.up', shift(all, department.id, -1)],
    ['department.down', shift(all, department.id, 1)],
    ['department.in', indent(all, department.id)],
    ['department.out', outdent(all, department.id)],
  ] as const
  const filter = JSON.stringify([['department_id', 'eq', department.id]])
  return (
    <section className="stack department" aria-label={department.name}>
      <h2>{department.name}</h2>
      {can('department', 'update') ? (
        <>
          <Form form={form} guard={false}>
            <Text label={t('department.name')} required maxLength={60} {...form.bind('name')} />
            <Person
              label={t('department.head')}
              current={head ? { id: head.id, name: head.name } : null}
              {...form.bind('head_id')}
            />
          </Form>
          {department.parent_id && (
            <div className="row wrap">
              {moves.map(([label, move]) => (
                <Button key={label} size="xs" disabled={move.length === 0} onClick={() => onMove(move)}>
                  {t(label)}
                </Button>
              ))}
            </div>
          )}
        </>
      ) : (
        <p>
          {t('department.head')} {head?.name ?? t('department.no_head')}
        </p>
      )}
      {parent && (
        <p className="dim">
          {t('department.parent')} {parent.name}
        </p>
      )}
      <p className="row wrap">
        {can('user', 'read') && (
          <Link to={`/settings/people?${new URLSearchParams({ f: filter })}`}>{t('department.members')}</Link>
        )}
        {can('department', 'delete') && department.parent_id && (
          <Button size="xs" kind="quiet" onClick={() => void remove()}>
            {t('department.delete')}
          </Button>
        )}
      </p>
    </section>
  )
}

export function NewDepartment({ parent, onDone }: { parent: Department; onDone: (id?: string) => void }) {
  const refresh = useRefresh()
  type Values = { name: string; head_id: string | null }
  const form = useForm<Values>({
    initial: { name: '', head_id: null },
    check: required<Values>({ name: t('department.name') }),
    submit: async ({ name, head_id }, key) => {
      const made = await createDepartment({ name: name.trim(), head_id, parent_id: parent.id, position: 1000 }, key)
      toast(t('department.created', { name: made.name }))
      await refresh(departmentsQuery.queryKey)
      onDone(made.id)
    },
  })
  return (
    <Form form={form} guard={false} onCancel={() => onDone()}>
      <p className="dim">
        {t('department.parent')} {parent.name}
      </p>
      <Text label={t('department.name')} required autoFocus maxLength={60} {...form.bind('name')} />
      <Person label={t('department.head')} {...form.bind('head_id')} />
    </Form>
  )
}
