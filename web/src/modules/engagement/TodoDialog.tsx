import { messageOf, restoreRemoved, searchCustomers, useCan, useMe } from '@/api'
import { t as words } from '@/i18n'
import {
  Button,
  DateTimeField,
  Dialog,
  Form,
  Lookup,
  Person,
  required,
  Segmented,
  Text,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { t } from './messages'
import { changeTodo, createTodo, type Priority, removeTodo, type Todo, useRefresh } from './queries'
import { priorityOptions } from './RecordForm'
import { w } from './words'

type Values = {
  title: string
  customer_id: string | null
  owner_id: string | null
  due_at: string | null
  remind_at: string | null
  priority: Priority
}

type Props = { todo?: Todo; customer?: { id: string; name: string }; onClose: () => void }

export function TodoDialog({ todo, customer, onClose }: Props) {
  const me = useMe()
  const can = useCan()
  const refresh = useRefresh()
  const about = named(todo?.customer) ?? customer
  const form = useForm<Values>({
    initial: {
      title: todo?.title ?? '',
      customer_id: about?.id ?? null,
      owner_id: todo?.owner.id ?? me?.id ?? null,
      due_at: todo?.due_at ?? null,
      remind_at: todo?.remind_at ?? null,
      priority: todo?.priority ?? 'medium',
    },
    check: required<Values>({ title: w('todos.what') }),
    submit: async (values, key) => {
      const body = { ...values, title: values.title.trim(), owner_id: values.owner_id ?? undefined }
      await (todo ? changeTodo(todo, body) : createTodo(body, key))
      await refresh(values.customer_id ?? undefined)
      toast(todo ? words('saved') : w('todos.made'))
      onClose()
    },
  })
  const remove = async (gone: Todo) => {
    try {
      await removeTodo(gone.id)
    } catch (error) {
      return toast(messageOf(error))
    }
    onClose()
    await refresh(gone.customer?.id)
    undoable(w('todos.removed', { what: gone.title }), () => void restore(gone))
  }
  const restore = async (gone: Todo) => {
    try {
      await restoreRemoved(gone.id)
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(gone.customer?.id)
  }
  return (
    <Dialog title={todo ? w('todos.edit') : t('todos.new')} open onClose={onClose} size={560}>
      <Form form={form} guard={false} onCancel={onClose}>
        <Text label={w('todos.what')} required autoFocus maxLength={200} {...form.bind('title')} />
        <Lookup
          label={w('todos.customer')}
          placeholder={w('record.customer_hint')}
          source="customers"
          find={searchCustomers}
          current={about}
          {...form.bind('customer_id')}
        />
        <div className="two">
          <DateTimeField label={w('todos.due')} {...form.bind('due_at')} />
          <DateTimeField label={w('todos.remind')} {...form.bind('remind_at')} />
          <Segmented<Priority> label={w('todos.priority')} options={priorityOptions()} {...form.bind('priority')} />
          {can('todo', 'assign') && (
            <Person label={w('todos.owner')} current={named(todo?.owner) ?? me} required {...form.bind('owner_id')} />
          )}
        </div>
        {todo && can('todo', 'delete') && (
          <div>
            <Button size="xs" kind="quiet" icon="trash" onClick={() => void remove(todo)}>
              {words('delete')}
            </Button>
          </div>
        )}
      </Form>
    </Dialog>
  )
}

function named(ref: { id: string; name?: string | null } | null | undefined): { id: string; name: string } | undefined {
  return ref ? { id: ref.id, name: ref.name ?? '' } : undefined
}
