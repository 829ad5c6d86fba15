/** The proposal about one customer, to be decided: where the duty to decide is shown. */
import { useQuery } from '@tanstack/react-query'
import { messageOf } from '@/api'
import { Dialog, Empty, Failed, Skeleton } from '@/ui'
import { waitingProposalQuery } from '../queries'
import { t } from '../words'
import { changeWords, ProposalDetail } from './ProposalDetail'
import '../customers.css'

export default function DecidePanel({ customerId, onClose }: { customerId: string; onClose: () => void }) {
  const { data: proposal, error, isPending, refetch } = useQuery(waitingProposalQuery(customerId))
  return (
    <Dialog title={proposal ? changeWords(proposal) : t('proposal.title')} open onClose={onClose} size={520}>
      {isPending && <Skeleton lines={3} />}
      {error && <Failed title={t('proposal.title')} why={messageOf(error)} onRetry={() => void refetch()} />}
      {proposal === null && <Empty title={t('proposal.none_waiting')} />}
      {proposal && <ProposalDetail proposal={proposal} onDone={onClose} />}
    </Dialog>
  )
}
