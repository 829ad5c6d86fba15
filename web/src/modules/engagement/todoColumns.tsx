import { date, dueText, lookup } from '@/i18n'
import { type Choice, type Column, Link, Remaining, Status, type Tone } from '@/ui'
import type { Todo } from './queries'
import { Tick } from './Tick'
import { w } from './words'

const tones: Record<string, Tone> = { high: 'bad', medium: 'none', low: 'none' }
const priorities = (): Choice[] =>
  ['high', 'medium', 'low'].map((value) => ({ value, label: lookup(`priority.${value}`) ?? value }))

export const todoColumns: Column<Todo>[] = [
  { key: 'title', title: () => w('todos.what'), kind: 'text', text: (todo) => todo.title, width: 320, filter: true },
  {
    key: 'done',
    title: () => w('todos.state'),
    kind: 'bool',
    options: () => [
      { value: 'false', label: w('todos.open') },
      { value: 'true', label: w('todos.done') },
    ],
    text: (todo) => (todo.done ? w('todos.done') : w('todos.open')),
    cell: (todo) => (
      // biome-ignore lint/a11y/noLabelWithoutControl: the box is inside, with a label of its own
      <label className="row">
        <Tick todo={todo} />
        <span className={todo.done ? 'good' : 'dim'}>{todo.done ? w('todos.done') : w('todos.open')}</span>
      </label>
    ),
    width: 110,
    filter: true,
    card: 'mark',
  },
  {
    key: 'priority',
    title: () => w('todos.priority'),
    kind: 'choice',
    options: priorities,
    text: (todo) => lookup(`priority.${todo.priority}`) ?? todo.priority,
    cell: (todo) => <Status tone={tones[todo.priority]}>{lookup(`priority.${todo.priority}`) ?? todo.priority}</Status>,
    width: 90,
    filter: true,
    card: 'line',
  },
  {
    key: 'due_at',
    title: () => w('todos.due'),
    kind: 'date',
    text: (todo) => dueText(todo.due_at),
    cell: (todo) => <Due todo={todo} />,
    width: 130,
    sort: true,
    filter: true,
    card: 'line',
  },
  {
    key: 'customer',
    title: () => w('todos.customer'),
    kind: 'text',
    text: (todo) => todo.customer?.name ?? '',
    cell: (todo) =>
      todo.customer?.name ? (
        <Link to={`/customers/${todo.customer.id}`}>{todo.customer.name}</Link>
      ) : (
        <span className="dim">–</span>
      ),
    width: 220,
    card: 'line',
  },
  {
    key: 'owner',
    title: () => w('todos.owner'),
    kind: 'person',
    text: (todo) => todo.owner.name ?? '',
    width: 110,
    filter: true,
  },
  {
    key: 'created_at',
    title: () => w('todos.created'),
    kind: 'date',
    text: (todo) => date(todo.created_at),
    width: 130,
    sort: true,
    filter: true,
    extra: true,
  },
]

function Due({ todo }: { todo: Todo }) {
  if (!todo.due_at) return <span className="dim">–</span>
  return todo.done ? <span className="dim">{dueText(todo.due_at)}</span> : <Remaining due={todo.due_at} />
}
