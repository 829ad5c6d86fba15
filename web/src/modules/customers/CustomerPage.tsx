import { messageOf } from '@/api'
import { Failed, Link, RecordPage, useGo, useParam } from '@/ui'
import { useCustomerRecord } from './CustomerRecord'
import { t } from './words'

export default function CustomerPage() {
  const id = useParam('id')
  const go = useGo()
  const { parts, error, retry } = useCustomerRecord(id, () => go('/customers', { replace: true }))
  if (error) {
    return (
      <>
        <Failed title={t('customers.missing')} why={messageOf(error)} onRetry={retry} />
        <p className="row centre">
          <Link to="/customers">{t('customers.back')}</Link>
        </p>
      </>
    )
  }
  return <RecordPage {...parts} back={{ to: '/customers', label: t('customers.title') }} />
}
