import { messageOf } from '@/api'
import { Failed, RecordPage, useParam } from '@/ui'
import { m } from './messages'
import { useUserRecord } from './UserRecord'
import { t } from './words'

export default function UserPage() {
  const { parts, error, retry } = useUserRecord(useParam('id'))
  if (error) return <Failed title={t('user.missing')} why={messageOf(error)} onRetry={retry} />
  return <RecordPage {...parts} back={{ to: '/settings/people', label: m('people.title') }} />
}
