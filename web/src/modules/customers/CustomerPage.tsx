import { messageOf } from '@/api'
import { Failed, RecordPage, useParam } from '@/ui'
import { useCustomerRecord } from './CustomerRecord'
import { t } from './messages'

export default function CustomerPage() {
  const id = useParam('id')
  const { parts, error, retry } = useCustomerRecord(id)
  if (error) return <Failed title={t('customers.missing')} why={messageOf(error)} onRetry={retry} />
  return <RecordPage {...parts} back={{ to: '/customers', label: t('customers.title') }} />
}
