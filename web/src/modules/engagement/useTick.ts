import { messageOf } from '@/api'
import { toast, undoable } from '@/ui'
import { changeTodo, type Todo, useRefresh } from './queries'
import { w } from './words'

/** Ticks a to-do off, or takes that back; each offers the way back. */
export function useTick(): (todo: Todo) => Promise<void> {
  const refresh = useRefresh()
  const set = async (todo: Todo, done: boolean) => {
    try {
      const changed = await changeTodo(todo, { done })
      await refresh(todo.customer?.id)
      if (done) undoable(w('todos.ticked', { what: todo.title }), () => void set(changed, false))
      else toast(w('todos.reopened'))
    } catch (error) {
      toast(messageOf(error))
    }
  }
  return (todo) => set(todo, !todo.done)
}
