import { lazy, Suspense, useMemo } from 'react'
import { messageOf, useCan } from '@/api'
import { dateTime, dueText, lookup, monthDay, now, shortDay } from '@/i18n'
import { DecidePanel, EventPanel, Grade, VerifyPanel } from '@/modules/customers'
import { CopyButton, Link, Remaining, Sheet, Skeleton, Tag, toast, usePhone, useShortly } from '@/ui'
import { dial, isPhone, numberOf } from './dial'
import { actOf, clausePath, dutyText, progressText } from './duty'
import { beginContact, failContact, type Item, useRefresh } from './queries'
import { startOfCall, startOfDuty } from './record'
import { proposalOf, type Row } from './today'
import { useRecorded } from './useRecorded'
import { w } from './words'

const RecordForm = lazy(() => import('./RecordForm').then((file) => ({ default: file.RecordForm })))
const PostponeDialog = lazy(() => import('./PostponeDialog'))

/** What is being done with a row, below it or over it. */
export type Doing = 'act' | 'call' | 'postpone'

type Props = {
  row: Row
  doing?: Doing
  /** Its record waits on this device. */
  pending: boolean
  onDo: (row: string | undefined, doing?: Doing) => void
  onOpen: (customer: string) => void
}

export function DutyRow({ row, doing, pending, onDo, onOpen }: Props) {
  const first = row.items[0]
  if (!first) return null
  const { customer } = first
  return (
    <li className="duty" data-row={row.id} data-doing={doing}>
      <div className="duty-who">
        {customer ? (
          <button type="button" className="name clip" onClick={() => onOpen(customer.id)}>
            {customer.name}
          </button>
        ) : (
          <Link
            to={actOf(first) === 'case' ? `/cases/${first.subject_id}` : `/policy/duties/${first.duty_id}`}
            className="name clip"
          >
            {actOf(first) === 'case' ? w('today.unknown_caller') : dutyText(first)}
          </Link>
        )}
        {customer && <Grade grade={customer.grade} />}
        {first.stand_in && <Tag>{w('today.for', { name: first.owner.name ?? '' })}</Tag>}
      </div>
      <ul className="duty-what">
        {row.items.map((item) => (
          <What key={item.duty_id} item={item} />
        ))}
      </ul>
      <p className="duty-hint dim">{hints(first)}</p>
      <Acts item={first} pending={pending} onDo={(what) => onDo(row.id, what)} />
      {doing && (
        <Suspense fallback={<Skeleton lines={3} />}>
          {doing === 'postpone' && <PostponeDialog item={first} onClose={() => onDo(undefined)} />}
          {doing !== 'postpone' && (
            <ActPanel key={doing} item={first} isCall={doing === 'call'} onClose={() => onDo(undefined)} />
          )}
        </Suspense>
      )}
    </li>
  )
}

function What({ item }: { item: Item }) {
  const progress = progressText(item)
  return (
    <li>
      <span className="duty-text">
        {dutyText(item)}
        {progress && <span className="dim"> {progress}</span>}
      </span>
      <Link to={clausePath(item.clause)} className="duty-clause">
        <span className="vh">{w('today.clause', { clause: '' })}</span>
        {item.clause}
      </Link>
      <Link to={`/policy/duties/${item.duty_id}`} className="duty-due">
        <Due item={item} />
      </Link>
    </li>
  )
}

/** The clock; where that is calm, why the row is here all the same. */
function Due({ item }: { item: Item }) {
  if (!item.due_at) return <span className="dim">{w('today.held')}</span>
  const proposal = proposalOf(item, now())
  if (!proposal) return <Remaining due={item.due_at} />
  return (
    <span className="soon" title={w('today.due_on', { due: dueText(item.due_at) })}>
      {proposal.days > 0 ? w('today.act_by', { day: shortDay(proposal.by), n: proposal.days }) : w('today.act_now')}
    </span>
  )
}

/** What one should know before calling: the last talk, what they like, who decides; of what was begun, when that was. */
function hints({ begun, last, preferences, decision_maker }: Item): string {
  if (begun) {
    const kind = lookup(`interaction.${begun.kind}`) ?? begun.kind
    return w('today.begun', { when: dateTime(begun.at), kind })
  }
  const kind = last && (lookup(`interaction.${last.kind}`) ?? last.kind)
  const said = last
    ? `${w('today.last', { when: monthDay(last.at), kind: kind ?? '' })} “${last.text}”`
    : w('today.never')
  return [said, preferences, decision_maker && w('today.decision_maker', { name: decision_maker })]
    .filter(Boolean)
    .join(' · ')
}

function Acts({ item, pending, onDo }: { item: Item; pending: boolean; onDo: (doing: Doing) => void }) {
  const can = useCan()
  const refresh = useRefresh()
  const { shown, left, show, hide } = useShortly()
  const fail = async () => {
    try {
      await failContact(item.customer?.id ?? '', item.subject_id)
      toast(w('failed.done'))
      await refresh(item.customer?.id)
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const call = async () => {
    try {
      const number = await numberOf(item)
      // Without a network the record tells of the call all the same, only later.
      if (!item.begun)
        void beginContact(item.customer?.id ?? '', 'phone').then(
          () => refresh(),
          () => undefined,
        )
      if (isPhone()) {
        dial(number)
        toast(w('dial.calling', { phone: item.phone_hint ?? '' }))
      } else show(number)
      // What is said on the telephone is written down while one speaks.
      onDo('call')
    } catch (error) {
      toast(messageOf(error))
    }
  }
  return (
    <div className="duty-acts">
      {pending && <Tag>{w('today.pending')}</Tag>}
      {actOf(item) === 'case' && (
        <Link to={`/cases/${item.subject_id}`} className="duty-act main">
          {w('act.case')}
        </Link>
      )}
      {item.customer && !pending && actOf(item) !== 'case' && (
        <button type="button" className="duty-act main" onClick={() => onDo('act')}>
          {w(`act.${actOf(item)}`)}
        </button>
      )}
      {item.begun && !item.stand_in && !pending && (
        <button type="button" className="duty-act" onClick={() => void fail()}>
          {w('act.failed')}
        </button>
      )}
      {item.rule === 'handover-acceptance' && (
        <Link to="/customers/handovers" className="duty-act main">
          {w('act.handover')}
        </Link>
      )}
      {shown && (
        <span className="row duty-number">
          <b className="num">{shown}</b>
          <CopyButton text={shown} what={w('dial.number')} />
          <a href={`tel:${shown}`}>{w('dial.by_phone')}</a>
          <button type="button" className="link soon" onClick={hide}>
            {w('dial.hide', { n: left })}
          </button>
        </span>
      )}
      {!shown && item.phone_hint && can('customer', 'reveal') && (
        <button type="button" className="duty-act" title={item.phone_hint} onClick={() => void call()}>
          {w('act.dial')}
        </button>
      )}
      <button type="button" className="duty-act" onClick={() => onDo('postpone')}>
        {w('act.postpone')}
      </button>
    </div>
  )
}

/** The form of the act that fulfils the duty: under the row, on a phone from below. */
function ActPanel({ item, isCall, onClose }: { item: Item; isCall: boolean; onClose: () => void }) {
  const phone = usePhone()
  const recorded = useRecorded()
  const start = useMemo(() => (isCall ? startOfCall(item) : startOfDuty(item)), [item, isCall])
  const { customer } = item
  if (!customer) return null
  const act = isCall ? 'record' : actOf(item)
  if (act === 'verify') return <VerifyPanel customerId={customer.id} onClose={onClose} />
  if (act === 'event') return <EventPanel customerId={customer.id} onClose={onClose} />
  if (act === 'approve') return <DecidePanel customerId={customer.id} onClose={onClose} />
  const form = (
    <RecordForm
      start={start}
      inline={!phone}
      onCancel={onClose}
      onDone={async (done) => {
        await recorded(done)
        onClose()
      }}
    />
  )
  if (!phone) return <div className="duty-form">{form}</div>
  return (
    <Sheet title={customer.name} open onClose={onClose}>
      {form}
    </Sheet>
  )
}
