/** The files of one record, beside it: how many there are, and the panel where they are seen, added and taken away. */
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Dialog, Icon, Skeleton } from '@/ui'
import { attachmentsQuery } from '../queries'
import { t } from '../words'
import './attachments.css'

const Attachments = lazy(() => import('./Attachments'))

type Props = {
  customer: string
  kind: 'case' | 'contact' | 'cooperation' | 'interaction' | 'major_event' | 'verification'
  record: string
  /** What people call the record. */
  name: string
  mayAdd: boolean
}

export function RecordFiles({ customer, kind, record, name, mayAdd }: Props) {
  const [open, setOpen] = useState(false)
  const { data } = useQuery(attachmentsQuery(customer))
  const count = data?.filter((file) => file.of_kind === kind && file.of_id === record).length ?? 0
  // Where there is nothing to see and nothing to do there is nothing to press.
  if (count === 0 && !mayAdd) return null
  const label = count > 0 ? t('attachment.count', { n: count, name }) : t('attachment.add', { name })
  return (
    <>
      <button
        type="button"
        className="record-files no-print"
        data-some={count > 0 || undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(true)}
      >
        <Icon name="clip" />
        {count > 0 && count}
      </button>
      <Dialog title={t('attachment.of', { name })} open={open} onClose={() => setOpen(false)} size={520}>
        <Suspense fallback={<Skeleton lines={2} />}>
          <Attachments customer={customer} kind={kind} record={record} mayAdd={mayAdd} />
        </Suspense>
      </Dialog>
    </>
  )
}
