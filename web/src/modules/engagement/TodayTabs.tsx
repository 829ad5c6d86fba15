import { Subnav } from '@/ui'
import { t } from './messages'
import { w } from './words'

/** Today and the two lists behind it. */
export function TodayTabs() {
  return (
    <Subnav
      label={w('today.list')}
      pages={[
        { to: '/', label: t('today.title') },
        { to: '/todos', label: t('todos.title') },
        { to: '/interactions', label: t('interactions.title') },
      ]}
    />
  )
}
