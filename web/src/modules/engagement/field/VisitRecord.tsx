import { useMemo } from 'react'
import { Dialog, Sheet, usePhone } from '@/ui'
import { t } from '../messages'
import { RecordForm } from '../RecordForm'
import { startOfVisit } from '../record'
import { useRecorded } from '../useRecorded'

type Props = { customer: { id: string; name: string }; onClose: () => void }

/** The record of a visit, from the list of who is near. */
export default function VisitRecord({ customer, onClose }: Props) {
  const recorded = useRecorded()
  const phone = usePhone()
  const start = useMemo(() => startOfVisit(customer), [customer])
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={`${t('record.title')} · ${customer.name}`} open onClose={onClose} size={720}>
      <RecordForm
        start={start}
        onCancel={onClose}
        onDone={async (done) => {
          onClose()
          await recorded(done)
        }}
      />
    </Frame>
  )
}
