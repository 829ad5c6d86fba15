/** The one act that fulfils a duty, wherever the duty is shown: record, verify, or record an event. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { useCan } from '@/api'
import { DecidePanel, EventPanel, VerifyPanel } from '@/modules/customers'
import { RequestPanel } from '@/modules/protection'
import { Button, Dialog, Link, type Permission, Sheet, usePhone } from '@/ui'
import { type Act, actOf } from './duty'
import type { Item } from './queries'
import { startOfDuty } from './record'
import { useRecorded } from './useRecorded'
import { w } from './words'

const RecordForm = lazy(() => import('./RecordForm').then((file) => ({ default: file.RecordForm })))

/** What of a duty the act asks for. */
export type Actionable = Pick<Item, 'rule' | 'what' | 'last' | 'subject_id' | 'subject_kind'> & {
  duty_id: string
  /** Missing where the duty is about a case of somebody who is not known yet. */
  customer?: { id: string; name: string } | null
}

const needs: Record<Act, Permission> = {
  record: ['interaction', 'create'],
  verify: ['customer', 'update'],
  event: ['customer', 'update'],
  approve: ['customer', 'approve'],
  answer: ['subject_request', 'update'],
  case: ['case', 'read'],
}

export default function DutyAct({ duty, small }: { duty: Actionable; small?: boolean }) {
  const can = useCan()
  const [open, setOpen] = useState(false)
  const act = actOf(duty)
  if (!can(...needs[act])) return null
  if (act === 'case') return <Link to={`/cases/${duty.subject_id}`}>{w('act.case')}</Link>
  const { customer } = duty
  if (!customer) return null
  return (
    <>
      <Button kind={small ? undefined : 'primary'} size={small ? 'xs' : undefined} onClick={() => setOpen(true)}>
        {w(`act.${act}`)}
      </Button>
      {open && (
        <Suspense>
          <Panel act={act} duty={{ ...duty, customer }} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

type PanelProps = { act: Act; duty: Actionable & { customer: { id: string; name: string } }; onClose: () => void }

function Panel({ act, duty, onClose }: PanelProps) {
  const phone = usePhone()
  const recorded = useRecorded()
  const start = useMemo(() => startOfDuty(duty), [duty])
  if (act === 'verify') return <VerifyPanel customerId={duty.customer.id} onClose={onClose} />
  if (act === 'event') return <EventPanel customerId={duty.customer.id} onClose={onClose} />
  if (act === 'approve') return <DecidePanel customerId={duty.customer.id} onClose={onClose} />
  if (act === 'answer') return <RequestPanel customerId={duty.customer.id} onClose={onClose} />
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={duty.customer.name} open onClose={onClose} size={720}>
      <RecordForm
        start={start}
        onCancel={onClose}
        onDone={async (done) => {
          await recorded(done)
          onClose()
        }}
      />
    </Frame>
  )
}
