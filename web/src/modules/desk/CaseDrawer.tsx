import { messageOf } from '@/api'
import { Failed, type Neighbours, RecordDrawer } from '@/ui'
import { useCaseRecord } from './CaseRecord'
import { w } from './words'

export function CaseDrawer({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { parts, error, retry } = useCaseRecord(id, neighbours.close)
  const shown = error
    ? {
        ...parts,
        timeline: <Failed title={w('missing')} why={messageOf(error)} onRetry={retry} />,
        facts: null,
        side: null,
      }
    : parts
  return <RecordDrawer {...shown} neighbours={neighbours} page={`/cases/${id}`} />
}
