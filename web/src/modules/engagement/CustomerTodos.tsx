import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { lookup, t as words } from '@/i18n'
import { Remaining, SideBlock, Skeleton, Tag } from '@/ui'
import { t } from './messages'
import { customerTodosQuery } from './queries'
import { Tick } from './Tick'
import { TodoDialog } from './TodoDialog'
import { w } from './words'

/** Beside a customer's timeline: what somebody has set out to do. */
export default function CustomerTodos({ customer }: { customer: { id: string; name: string } }) {
  const can = useCan()
  const todos = useQuery(customerTodosQuery(customer.id))
  const [adding, setAdding] = useState(false)
  return (
    <SideBlock
      title={t('todos.title')}
      action={
        can('todo', 'create') && (
          <button type="button" className="link" onClick={() => setAdding(true)}>
            {words('add')}
          </button>
        )
      }
    >
      {todos.isPending && <Skeleton lines={2} />}
      {todos.isError && <p className="late">{messageOf(todos.error)}</p>}
      {todos.data?.length === 0 && <p className="dim">{w('todos.empty')}</p>}
      <ul>
        {todos.data?.map((todo) => (
          <li key={todo.id} className="row">
            <Tick todo={todo} />
            <span className="grow">{todo.title}</span>
            {todo.priority === 'high' && <Tag tone="key">{lookup('priority.high')}</Tag>}
            {todo.due_at && <Remaining due={todo.due_at} />}
          </li>
        ))}
      </ul>
      {adding && <TodoDialog customer={customer} onClose={() => setAdding(false)} />}
    </SideBlock>
  )
}
