import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Me, type Page, useCan, useMe } from '@/api'
import { Button, DataView, type Preset } from '@/ui'
import { t } from './messages'
import { keys, listTodos, type Todo } from './queries'
import { TodayTabs } from './TodayTabs'
import { TodoDialog } from './TodoDialog'
import { todoColumns } from './todoColumns'
import { w } from './words'

export default function TodoPage() {
  const me = useMe()
  const can = useCan()
  const client = useQueryClient()
  const [adding, setAdding] = useState(false)
  const create = can('todo', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('todos.new')}
    </Button>
  )
  /** The rows are on the screen already. */
  const shown = (id: string): Todo | undefined =>
    client
      .getQueriesData<{ pages?: Page<Todo>[] }>({ queryKey: [...keys.todos, 'list'] })
      .flatMap(([, data]) => data?.pages?.flatMap((page) => page.items) ?? [])
      .find((todo) => todo.id === id)
  return (
    <div className="page">
      <DataView
        list="todos"
        title={t('todos.title')}
        columns={todoColumns}
        presets={presets(me)}
        queryKey={keys.todos}
        load={listTodos}
        id={(todo) => todo.id}
        empty={{ title: w('todos.empty'), why: w('todos.empty_why'), action: create }}
        actions={
          <>
            <TodayTabs />
            {create}
          </>
        }
        record={(id, { close }) => {
          const todo = shown(id)
          return todo && <TodoDialog key={id} todo={todo} onClose={close} />
        }}
      />
      {adding && <TodoDialog onClose={() => setAdding(false)} />}
    </div>
  )
}

function presets(me: Me | undefined): Preset[] {
  const mine: [string, 'eq', string] = ['owner', 'eq', me?.id ?? '']
  return [
    { id: 'mine', label: w('todos.mine'), state: { filters: [mine, ['done', 'eq', false]], sort: 'due_at' } },
    { id: 'done', label: w('todos.done_tab'), state: { filters: [mine, ['done', 'eq', true]], sort: '-created_at' } },
    {
      id: 'assigned',
      label: w('todos.assigned'),
      state: {
        filters: [
          ['created_by', 'eq', me?.id ?? ''],
          ['owner', 'ne', me?.id ?? ''],
        ],
        sort: 'due_at',
      },
    },
    { id: 'all', label: w('todos.all'), state: { sort: '-created_at' } },
  ]
}
