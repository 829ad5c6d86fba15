import { lazy, Suspense, useState } from 'react'
import { Button } from '@/ui'
import type { RoundDuty } from '../queries'
import { t } from '../words'

const VerifyPanel = lazy(() => import('../VerifyPanel'))
/** What may still be done about a duty of the round; what was missed can be made good. */
const OPEN = new Set(['open', 'missed'])

export function VerifyButton({ duty }: { duty: RoundDuty }) {
  const [open, setOpen] = useState(false)
  const { customer } = duty
  if (!customer || !OPEN.has(duty.state)) return null
  return (
    <>
      <Button size="xs" onClick={() => setOpen(true)}>
        {t('round.act')}
        <span className="vh">: {customer.name}</span>
      </Button>
      {open && (
        <Suspense>
          <VerifyPanel customerId={customer.id} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
