/** What an export of contact records was asked for. */
import { type Asked, AskedFor } from '@/ui'
import { interactionColumns } from './interactionColumns'

export default function AskedRecords({ asked }: { asked: Asked }) {
  return <AskedFor asked={asked} columns={interactionColumns} titleOf={(key) => key} />
}
