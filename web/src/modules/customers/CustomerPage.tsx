import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { messageOf, Problem } from '@/api'
import { Button, Empty, Failed, RecordPage, toast, useGo, useParam } from '@/ui'
import { useCustomerRecord } from './CustomerRecord'
import { customerQuery } from './queries'
import { t } from './words'

export default function CustomerPage() {
  const id = useParam('id')
  const go = useGo()
  const { parts, error, retry } = useCustomerRecord(id, () => go('/customers', { replace: true }))
  const { data } = useQuery(customerQuery(id))
  const now = data?.id ?? id
  // Whoever comes by the place of a customer that was merged is led to the one that it is part of.
  useEffect(() => {
    if (now === id) return
    toast(t('merge.led'))
    go(`/customers/${now}`, { replace: true })
  }, [now, id, go])
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
