import { lazy, Suspense, useState } from 'react'
import { Button } from '@/ui'
import type { RoundDuty } from '../queries'
import { t } from '../words'

const VerifyPanel = lazy(() => import('../VerifyPanel'))
/** Only while the quarter runs: what is verified later counts for the next one. */
export function VerifyButton({ duty }: { duty: RoundDuty }) {
  const [open, setOpen] = useState(false)
  const { customer } = duty
  if (!customer || duty.state !== 'open') return null
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
