/** On a customer's page: that it is changing hands. */
import { useQuery } from '@tanstack/react-query'
import { Link, Notice } from '@/ui'
import { t } from '../words'
import { progressWords } from './HandoverDetail'
import { handoverOfQuery } from './queries'

export function HandoverNotice({ customerId }: { customerId: string }) {
  const { data: handover } = useQuery(handoverOfQuery(customerId))
  if (!handover) return null
  return (
    <Notice>
      {t('handover.running', { from: handover.from.name, to: handover.to.name })}{' '}
      {handover.steps && (
        <>
          {t('handover.progress', { progress: progressWords({ steps: handover.steps }) })}{' '}
          <Link to={`/customers/handovers/${handover.id}`}>{t('handover.see')}</Link>
        </>
      )}
    </Notice>
  )
}
