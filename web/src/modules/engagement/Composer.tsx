import { useMemo, useState } from 'react'
import { RecordForm } from './RecordForm'
import { startOfCustomer } from './record'
import { useRecorded } from './useRecorded'
import { w } from './words'

/** On top of a customer's timeline: one line that opens into the form. */
export default function Composer({ customer }: { customer: { id: string; name: string } }) {
  const [open, setOpen] = useState(false)
  const recorded = useRecorded()
  const { id, name } = customer
  const start = useMemo(() => startOfCustomer({ id, name }), [id, name])
  if (!open) {
    return (
      <button type="button" className="composer no-print" onClick={() => setOpen(true)}>
        {w('record.open')}
      </button>
    )
  }
  return (
    <div className="composer-open no-print">
      <RecordForm
        start={start}
        inline
        onCancel={() => setOpen(false)}
        onDone={async (done) => {
          setOpen(false)
          await recorded(done)
        }}
      />
    </div>
  )
}
