/** What a customer brought to us, on its page. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { messageOf, useCan } from '@/api'
import { dateTime, t as house } from '@/i18n'
import { Button, Empty, Failed, Link, Skeleton, Status } from '@/ui'
import { ClockLeft } from './clock'
import { stateText } from './columns'
import NewCase from './NewCase'
import { kindWord, levelTone, levelWord, stateTone } from './options'
import { type CaseLine, casesOfQuery } from './queries'
import { w } from './words'
import './desk.css'

export default function CustomerCases({ customer }: { customer: { id: string; name: string } }) {
  const can = useCan()
  const [opening, setOpening] = useState(false)
  const found = useQuery(casesOfQuery(customer.id))
  return (
    <div className="stack">
      <div className="row between wrap">
        <h2 className="small">{w('of_customer')}</h2>
        {can('case', 'create') && (
          <Button size="xs" icon="plus" onClick={() => setOpening(true)}>
            {w('new.title')}
          </Button>
        )}
      </div>
      {found.isPending && <Skeleton lines={3} />}
      {found.isError && (
        <Failed title={house('list.failed')} why={messageOf(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.data?.items.length === 0 && <Empty title={w('list.empty')} why={w('of_customer_empty')} />}
      <ul>
        {found.data?.items.map((one) => (
          <Line key={one.id} one={one} />
        ))}
      </ul>
      {opening && (
        <Suspense>
          <NewCase customer={customer} onClose={() => setOpening(false)} />
        </Suspense>
      )}
    </div>
  )
}

function Line({ one }: { one: CaseLine }) {
  return (
    <li className="case-line">
      <div className="row wrap">
        <Link to={`/cases/${one.id}`}>{one.subject}</Link>
        <Status tone={levelTone(one.level)}>{levelWord(one.level)}</Status>
        <Status tone={stateTone(one)}>{stateText(one)}</Status>
        {one.clock && <ClockLeft clock={one.clock} />}
      </div>
      <p className="dim">
        {[kindWord(one.kind), one.number, dateTime(one.received_at), one.assignee?.name].filter(Boolean).join(' · ')}
      </p>
    </li>
  )
}
