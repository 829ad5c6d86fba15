import { TodoDialog } from './TodoDialog'

/** Opened from ⌘K. */
export default function NewTodo({ onClose }: { onClose: () => void }) {
  return <TodoDialog onClose={onClose} />
}
