import { messageOf } from '@/api'
import { Failed, type Neighbours, RecordDrawer } from '@/ui'
import { useDutyRecord } from './DutyRecord'
import { t } from './words'

export function DutyDrawer({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { parts, error, retry } = useDutyRecord(id)
  const shown = error
    ? {
        ...parts,
        timeline: <Failed title={t('duty.missing')} why={messageOf(error)} onRetry={retry} />,
        facts: null,
        side: null,
      }
    : parts
  return <RecordDrawer {...shown} neighbours={neighbours} page={`/policy/duties/${id}`} />
}
