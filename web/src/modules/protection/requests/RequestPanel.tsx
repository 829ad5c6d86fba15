/** The request about one customer, to be answered: where the duty to answer is shown. */
import { useQuery } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { Dialog, Empty, Failed, Skeleton } from '@/ui'
import { waitingRequestQuery } from '../queries'
import { t } from '../words'
import { RequestDetail } from './RequestDetail'

export default function RequestPanel({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { data: request, error, isPending, refetch } = useQuery(waitingRequestQuery(customerId))
  const title = request ? `${request.number} ${request.name}` : t('request.title')
  return (
    <Dialog title={title} open onClose={onClose} size={640}>
      {isPending && <Skeleton lines={3} />}
      {error && <Failed title={t('request.title')} why={messageOf(error)} onRetry={() => void refetch()} />}
      {request === null && <Empty title={t('request.none_waiting')} />}
      {request && <RequestDetail place={request} onDone={onClose} />}
    </Dialog>
  )
}
