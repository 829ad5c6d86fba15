import type { Todo } from './queries'
import { useTick } from './useTick'
import { w } from './words'

/** The box of a to-do: one click, no question. */
export function Tick({ todo }: { todo: Todo }) {
  const tick = useTick()
  return (
    <input
      type="checkbox"
      className="tick"
      aria-label={w(todo.done ? 'todos.untick' : 'todos.tick', { what: todo.title })}
      checked={todo.done}
      onChange={() => void tick(todo)}
    />
  )
}
