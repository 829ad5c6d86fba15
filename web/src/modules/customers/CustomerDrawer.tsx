import { messageOf } from '@/api'
import { Failed, type Neighbours, RecordDrawer } from '@/ui'
import { useCustomerRecord } from './CustomerRecord'
import { t } from './words'

export default function CustomerDrawer({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { parts, error, retry } = useCustomerRecord(id, neighbours.close)
  const shown = error
    ? {
        ...parts,
        timeline: <Failed title={t('customers.missing')} why={messageOf(error)} onRetry={retry} />,
        facts: null,
        side: null,
      }
    : parts
  return <RecordDrawer {...shown} neighbours={neighbours} page={`/customers/${id}`} />
}
