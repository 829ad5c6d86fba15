import { messageOf } from '@/api'
import { Failed, RecordPage, useGo, useParam } from '@/ui'
import { useCaseRecord } from './CaseRecord'
import { w } from './words'

export default function CasePage() {
  const id = useParam('id')
  const go = useGo()
  const { parts, error, retry } = useCaseRecord(id, () => go('/cases', { replace: true }))
  if (error) return <Failed title={w('missing')} why={messageOf(error)} onRetry={retry} />
  return <RecordPage {...parts} back={{ to: '/cases', label: w('back') }} />
}
