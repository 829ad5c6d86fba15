import { useMemo } from 'react'
import type { Kept } from '@/api'
import { Dialog } from '@/ui'
import { t } from './messages'
import { RecordForm } from './RecordForm'
import { startOfKept } from './record'
import { useRecorded } from './useRecorded'

/** A record that was made offline and refused later: as it was typed, with the reason, to be corrected and sent again. */
export default function CorrectRecord({ entry, onClose }: { entry: Kept; onClose: () => void }) {
  const recorded = useRecorded()
  const start = useMemo(() => startOfKept(entry), [entry])
  return (
    <Dialog title={t('record.title')} open onClose={onClose} size={720}>
      <RecordForm
        start={start}
        corrects={entry}
        onCancel={onClose}
        onDone={async (done) => {
          onClose()
          await recorded(done)
        }}
      />
    </Dialog>
  )
}
