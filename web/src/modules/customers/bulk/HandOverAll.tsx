/** All customers of a colleague who leaves, or moves on, at once. */
import { BulkDialog } from './BulkDialog'

export default function HandOverAll({ userId, onClose }: { userId: string; onClose: () => void }) {
  const selection = { filter: [['owner', 'eq', userId]] as never }
  return <BulkDialog kind="owner" selection={selection} onClose={onClose} onDone={onClose} />
}
