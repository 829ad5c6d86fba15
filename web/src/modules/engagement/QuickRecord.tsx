import { useMemo } from 'react'
import { Dialog, Sheet, usePhone } from '@/ui'
import { t } from './messages'
import { RecordForm } from './RecordForm'
import { blank } from './record'
import { useRecorded } from './useRecorded'

/** 记一笔, from ＋, ⌘K or `c`, over whatever page one is on. */
export default function QuickRecord({ onClose }: { onClose: () => void }) {
  const recorded = useRecorded()
  const phone = usePhone()
  const start = useMemo(() => ({ key: 'quick', draft: blank() }), [])
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={t('record.title')} open onClose={onClose} size={720}>
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
