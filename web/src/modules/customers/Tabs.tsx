import { fieldAccess, useCan, useMe } from '@/api'
import { Subnav } from '@/ui'
import { t } from './words'

/** The pages over all customers. */
export function Tabs() {
  const can = useCan()
  const me = useMe()
  return (
    <Subnav
      label={t('customers.tabs')}
      pages={[
        { to: '/customers', label: t('customers.title'), exact: true },
        ...(fieldAccess(me, 'customer.address') !== 'hidden'
          ? [{ to: '/customers/near', label: t('near.title') }]
          : []),
        ...(can('duty', 'read') ? [{ to: '/customers/verification', label: t('round.title') }] : []),
        { to: '/customers/grades', label: t('proposal.title') },
        { to: '/customers/handovers', label: t('handover.title') },
        { to: '/customers/quality', label: t('quality.title') },
      ]}
      more={[
        { to: '/customers/duplicates', label: t('pair.title') },
        { to: '/customers/bulk', label: t('bulk.title') },
        { to: '/customers/bin', label: t('bin.title') },
      ]}
    />
  )
}
