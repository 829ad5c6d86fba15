import { messageOf } from '@/api'
import { Failed, type Neighbours, RecordDrawer } from '@/ui'
import { useUserRecord } from './UserRecord'
import { t } from './words'

export function UserDrawer({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { parts, error, retry } = useUserRecord(id)
  const shown = error
    ? { ...parts, timeline: <Failed title={t('user.missing')} why={messageOf(error)} onRetry={retry} />, facts: null }
    : parts
  return <RecordDrawer {...shown} neighbours={neighbours} page={`/settings/people/${id}`} />
}
