/** The middle of a customer's record: what happened, what it ordered, how it is organised, whom it belongs with. The URL says which. */
import { lazy, Suspense } from 'react'
import { useCan } from '@/api'
import { CustomerCases } from '@/modules/desk'
import { Skeleton, useSearch, useSetSearch } from '@/ui'
import { CustomerTimeline } from './CustomerTimeline'
import type { Customer } from './queries'
import { t } from './words'

const Attachments = lazy(() => import('./attachments/Attachments'))
const Chart = lazy(() => import('./chart/Chart'))
const Relations = lazy(() => import('./relations/Relations'))
const Sights = lazy(() => import('./seen/Sights'))
const History = lazy(() => import('./cooperation/History'))

export function CustomerTabs({ id, customer }: { id: string; customer: Customer | undefined }) {
  const can = useCan()
  const setSearch = useSetSearch()
  const { tab } = useSearch()
  const tabs = [
    'timeline',
    ...(can('case', 'read') ? ['cases'] : []),
    ...(can('cooperation', 'read') ? ['cooperation'] : []),
    ...(can('contact', 'read') ? ['chart'] : []),
    'group',
    'files',
    ...(can('trace', 'read') ? ['seen'] : []),
  ] as const
  const shown = tabs.find((one) => one === tab) ?? 'timeline'
  return (
    <>
      <nav className="subnav record-tabs no-print" aria-label={t('tab.label')}>
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            aria-current={one === shown ? 'true' : undefined}
            onClick={() => setSearch({ tab: one === 'timeline' ? undefined : one }, { replace: true })}
          >
            {t(`tab.${one as 'timeline'}`)}
          </button>
        ))}
      </nav>
      <Suspense fallback={<Skeleton lines={5} />}>
        {shown === 'timeline' && <CustomerTimeline key={id} id={id} />}
        {shown === 'chart' && customer && <Chart key={id} customer={customer} />}
        {shown === 'cooperation' && customer && <History key={id} customer={customer} />}
        {shown === 'cases' && customer && <CustomerCases key={id} customer={customer} />}
        {shown === 'group' && customer && <Relations key={id} customer={customer} />}
        {shown === 'seen' && customer && <Sights key={id} customer={customer} />}
        {shown === 'files' && <Attachments key={id} customer={id} kind="customer" mayAdd={can('customer', 'update')} />}
      </Suspense>
    </>
  )
}
