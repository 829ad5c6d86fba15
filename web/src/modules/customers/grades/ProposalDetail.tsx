/** What is proposed, why, by whom, and what was answered. */
import { dateTime } from '@/i18n'
import { Link, Status, type Tone } from '@/ui'
import { word } from '../options'
import type { Proposal } from '../queries'
import { t } from '../words'
import { ProposalActs } from './ProposalActs'

const tones: Record<Proposal['state'], Tone> = { open: 'warn', approved: 'good', rejected: 'bad', withdrawn: 'none' }

export function changeWords({ customer, from_grade, to_grade }: Proposal): string {
  return t('proposal.change', {
    name: customer.name,
    from: word('grade', from_grade),
    to: word('grade', to_grade),
  })
}

export function ProposalState({ state }: { state: Proposal['state'] }) {
  return <Status tone={tones[state]}>{word('proposal.state', state)}</Status>
}

export function ProposalDetail({ proposal, onDone }: { proposal: Proposal; onDone: () => void }) {
  const lines: [string, string][] = [
    [t('customers.reason'), proposal.reason],
    [t('proposal.proposer'), `${proposal.proposer.name} · ${dateTime(proposal.created_at)}`],
    [t('proposal.approver'), proposal.decided_by?.name ?? proposal.approver.name],
  ]
  if (proposal.answer) lines.push([t('proposal.answer'), proposal.answer])
  return (
    <div className="stack">
      <p className="row wrap">
        <ProposalState state={proposal.state} />
        <Link to={`/customers/${proposal.customer.id}`}>{t('proposal.open_customer')}</Link>
      </p>
      <dl className="pairs">
        {lines.map(([label, value]) => (
          <div key={label}>
            <dt className="dim">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ProposalActs proposal={proposal} onDone={onDone} />
    </div>
  )
}
