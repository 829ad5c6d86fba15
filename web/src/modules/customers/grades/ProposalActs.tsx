import { useState } from 'react'
import { messageOf, useCan, useMe } from '@/api'
import { Button, Text, toast } from '@/ui'
import { decideProposal, type Proposal, useRefresh, withdrawProposal } from '../queries'
import { t } from '../words'

/** Approve, refuse with the reason, or take back what one has proposed oneself. */
export function ProposalActs({ proposal, onDone }: { proposal: Proposal; onDone?: () => void }) {
  const me = useMe()
  const can = useCan()
  const refresh = useRefresh()
  const [refusing, setRefusing] = useState(false)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  if (proposal.state !== 'open') return null
  const act = async (work: Promise<Proposal>, done: string) => {
    setBusy(true)
    try {
      await work
      toast(done)
      onDone?.()
    } catch (error) {
      toast(messageOf(error))
    }
    setBusy(false)
    await refresh()
  }
  const own = proposal.proposer.id === me?.id
  if (own) {
    return (
      <div className="row">
        <Button size="xs" busy={busy} onClick={() => void act(withdrawProposal(proposal), t('proposal.withdrawn'))}>
          {t('proposal.withdraw')}
        </Button>
      </div>
    )
  }
  if (!can('customer', 'approve')) return null
  const decide = (approve: boolean) =>
    void act(decideProposal(proposal, approve, reason.trim()), t(approve ? 'proposal.approved' : 'proposal.refused'))
  return (
    <div className="stack">
      {refusing && (
        <Text label={t('proposal.refuse_why')} required autoFocus value={reason} onChange={setReason} maxLength={200} />
      )}
      <div className="row">
        {!refusing && (
          <Button kind="primary" size="xs" busy={busy} onClick={() => decide(true)}>
            {t('proposal.approve')}
          </Button>
        )}
        <Button
          size="xs"
          kind={refusing ? 'danger' : undefined}
          busy={busy}
          disabled={refusing && reason.trim().length < 2}
          onClick={() => (refusing ? decide(false) : setRefusing(true))}
        >
          {t('proposal.refuse')}
        </Button>
      </div>
    </div>
  )
}
