import { messageOf } from '@/api'
import { Failed, RecordPage, useParam } from '@/ui'
import { useDutyRecord } from './DutyRecord'
import { m } from './messages'
import { t } from './words'

export default function DutyPage() {
  const id = useParam('id')
  const { parts, error, retry } = useDutyRecord(id)
  if (error) return <Failed title={t('duty.missing')} why={messageOf(error)} onRetry={retry} />
  return <RecordPage {...parts} back={{ to: '/policy/duties', label: m('policy.duties') }} />
}
