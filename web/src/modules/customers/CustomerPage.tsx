import { messageOf, Problem } from '@/api'
import { Button, Empty, Failed, RecordPage, useGo, useParam } from '@/ui'
import { useCustomerRecord } from './CustomerRecord'
import { t } from './words'

export default function CustomerPage() {
  const id = useParam('id')
  const go = useGo()
  const { parts, error, retry } = useCustomerRecord(id, () => go('/customers', { replace: true }))
  if (error instanceof Problem && error.status === 404) {
    return (
      <Empty whole title={t('customers.missing')} why={messageOf(error)}>
        <Button onClick={() => go('/customers')}>{t('customers.back')}</Button>
      </Empty>
    )
  }
  if (error) return <Failed title={t('customers.missing')} why={messageOf(error)} onRetry={retry} />
  return <RecordPage {...parts} back={{ to: '/customers', label: t('customers.title') }} />
}
