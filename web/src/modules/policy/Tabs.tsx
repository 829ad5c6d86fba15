import { useCan } from '@/api'
import { Subnav } from '@/ui'
import { m } from './messages'
import { t } from './words'

/** The three pages of this room. */
export function PolicyTabs() {
  const can = useCan()
  return (
    <Subnav
      label={t('policy.tabs')}
      pages={[
        ...(can('compliance', 'read') ? [{ to: '/policy/compliance', label: m('policy.compliance') }] : []),
        { to: '/policy', label: t('policy.texts'), exact: true },
        ...(can('duty', 'read') ? [{ to: '/policy/duties', label: m('policy.duties') }] : []),
      ]}
    />
  )
}
