import { useMemo } from 'react'
import { Dialog, Sheet, usePhone } from '@/ui'
import { t } from './messages'
import { RecordForm } from './RecordForm'
import { blank, startOfVisit } from './record'
import { useRecorded } from './useRecorded'

type Props = { visited?: { id: string; name: string }; onClose: () => void }

/** 记一笔, from ＋, ⌘K or `c`, over whatever page one is on; or of the visit to a customer who is near. */
export default function QuickRecord({ visited, onClose }: Props) {
  const recorded = useRecorded()
  const phone = usePhone()
  const start = useMemo(() => (visited ? startOfVisit(visited) : { key: 'quick', draft: blank() }), [visited])
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={[t('record.title'), visited?.name].filter(Boolean).join(' · ')} open onClose={onClose} size={720}>
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
