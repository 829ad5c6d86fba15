import { Subnav } from '@/ui'
import { t } from './words'

/** The pages over all customers. */
export function Tabs() {
  return (
    <Subnav
      label={t('customers.tabs')}
      pages={[
        { to: '/customers', label: t('customers.title'), exact: true },
        { to: '/customers/duplicates', label: t('pair.title') },
      ]}
    />
  )
}
