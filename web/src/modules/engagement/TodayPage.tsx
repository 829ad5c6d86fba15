/** 今日应办 (R3-2.1, R3-2.3): what one owes today, to whom, why and until when, and one key to fulfil it. */
import './today.css'
import { type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { messageOf, useCan } from '@/api'
import { list } from '@/i18n'
import { CustomerDrawer } from '@/modules/customers'
import {
  Button,
  Empty,
  Failed,
  Link,
  type Neighbours,
  Notice,
  Segmented,
  Skeleton,
  useGo,
  useSearch,
  useSetSearch,
  useTitle,
} from '@/ui'
import { type Doing, DutyRow } from './DutyRow'
import { t } from './messages'
import { type Today, useToday, useWaiting } from './queries'
import { TodayHead } from './TodayHead'
import { TodayTabs } from './TodayTabs'
import { TodayWeek } from './TodayWeek'
import { allItems, folded, type GroupName, groupNames, isEmpty, type Row, rowsByCustomer, rowsByUrgency } from './today'
import { useRowKeys } from './useRowKeys'
import { w } from './words'

export default function TodayPage() {
  const today = useToday()
  useTitle(t('today.title'))
  if (today.isError && !today.data) {
    const retry = () => void today.refetch()
    return <Failed title={w('today.failed')} why={messageOf(today.error)} onRetry={retry} />
  }
  if (!today.data) {
    return (
      <div className="page">
        <Skeleton lines={12} />
      </div>
    )
  }
  return <Day today={today.data} />
}

type By = 'urgency' | 'customer' | 'week'
const ways: readonly By[] = ['urgency', 'customer', 'week']

function Day({ today }: { today: Today }) {
  const { by: asked, open, all } = useSearch()
  const setSearch = useSetSearch()
  const by = ways.find((way) => way === asked) ?? 'urgency'
  const customers = rowsByCustomer(today).flatMap(({ items }) => items[0]?.customer?.id ?? [])
  const show = (id: string | undefined) => setSearch({ open: id })
  return (
    <div className="page today">
      <div className="page-head">
        <TodayTabs />
        <Segmented<By>
          aria-label={w('today.by')}
          options={ways.map((value) => ({ value, label: w(`today.by_${value}`) }))}
          value={by}
          onChange={(value) => setSearch({ by: value === 'urgency' ? undefined : value }, { replace: true })}
        />
      </div>
      <TodayHead today={today} />
      {today.stands_in_for.length > 0 && (
        <Notice>{w('today.stands_in', { names: list(today.stands_in_for.map((person) => person.name ?? '')) })}</Notice>
      )}
      <Approvals today={today} />
      {isEmpty(today) && <Nothing today={today} />}
      {!isEmpty(today) && by === 'week' && <TodayWeek today={today} onOpen={show} />}
      {!isEmpty(today) && by !== 'week' && (
        <Rows
          today={today}
          by={by}
          unfolded={all}
          onUnfold={(group) => setSearch({ all: group }, { replace: true })}
          onOpen={show}
        />
      )}
      {allItems(today).length < today.counts.open && allItems(today).length >= SHOWN_MOST && (
        <p className="dim today-more">
          {w('today.capped', { n: SHOWN_MOST })} <Link to="/policy/duties?view=mine">{w('today.all_duties')}</Link>
        </p>
      )}
      {open && (
        <Suspense>
          <CustomerDrawer id={open} neighbours={neighbours(customers, open, show)} />
        </Suspense>
      )}
    </div>
  )
}

/** The server sends no more of a day than this. */
const SHOWN_MOST = 200

function neighbours(ids: string[], open: string, show: (id: string | undefined) => void): Neighbours {
  const at = ids.indexOf(open)
  const step = (to: string | undefined) => (at < 0 || !to ? undefined : () => show(to))
  return { close: () => show(undefined), previous: step(ids[at - 1]), next: step(ids[at + 1]) }
}

type RowsProps = {
  today: Today
  by: 'urgency' | 'customer'
  /** The group of which all rows are shown. */
  unfolded: string | undefined
  onUnfold: (group: GroupName) => void
  onOpen: (customer: string) => void
}

function Rows({ today, by, unfolded, onUnfold, onOpen }: RowsProps) {
  const root = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<{ row: string; doing: Doing }>()
  const onDo = useCallback((row: string | undefined, doing: Doing = 'act') => {
    setActive((before) => {
      if (row === undefined && before) setTimeout(() => focusRow(root.current, before.row))
      return row === undefined ? undefined : { row, doing }
    })
  }, [])
  const waiting = new Set(useWaiting().map((entry) => entry.body.duty_id))
  useRowKeys(root, onDo)
  useStay(root, today)
  const row = (entry: Row) => (
    <DutyRow
      key={entry.id}
      row={entry}
      doing={active?.row === entry.id ? active.doing : undefined}
      pending={entry.items.some((item) => waiting.has(item.duty_id))}
      onDo={onDo}
      onOpen={onOpen}
    />
  )
  if (by === 'customer') {
    return (
      <div ref={root}>
        <ul aria-label={w('today.list')}>{rowsByCustomer(today).map(row)}</ul>
      </div>
    )
  }
  return (
    <div ref={root}>
      {groupNames
        .filter((name) => today.groups[name].length > 0)
        .map((name) => (
          <section key={name} aria-labelledby={`group-${name}`}>
            <h2 className="small today-group" id={`group-${name}`} data-group={name}>
              {w(`group.${name}`)} <span className="num">{today.groups[name].length}</span>
            </h2>
            <ul>{rowsByUrgency(unfolded === name ? today.groups[name] : folded(today, name)).map(row)}</ul>
            {unfolded !== name && folded(today, name).length < today.groups[name].length && (
              <button type="button" className="link today-unfold" onClick={() => onUnfold(name)}>
                {w('today.unfold', { n: today.groups[name].length })}
              </button>
            )}
          </section>
        ))}
    </div>
  )
}

/** The form was closed: back to its row, unless the focus is somewhere already. */
function focusRow(root: HTMLElement | null, row: string): void {
  if (document.activeElement !== document.body) return
  root?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row)}"] .name`)?.focus({ preventScroll: true })
}

/** When the row that had the focus has left, the focus stands on the one that took its place. */
function useStay(root: RefObject<HTMLElement | null>, today: Today): void {
  const last = useRef<number>(undefined)
  useEffect(() => {
    const remember = () => {
      const rows = [...(root.current?.querySelectorAll('[data-row]') ?? [])]
      const at = rows.findIndex((row) => row.contains(document.activeElement))
      if (at >= 0) last.current = at
    }
    document.addEventListener('focusin', remember)
    return () => document.removeEventListener('focusin', remember)
  }, [root])
  // biome-ignore lint/correctness/useExhaustiveDependencies: new data is the reason to look
  useEffect(() => {
    if (last.current === undefined || document.activeElement !== document.body) return
    const names = [...(root.current?.querySelectorAll<HTMLElement>('[data-row] .name') ?? [])]
    names[Math.min(last.current, names.length - 1)]?.focus({ preventScroll: true })
  }, [today])
}

/** Why there is nothing to do: no rule asks for anything, only one's people have duties, or all is done. */
function Nothing({ today }: { today: Today }) {
  const can = useCan()
  const go = useGo()
  if (today.sample_running) return <Empty title={w('today.sample')} why={w('today.sample_why')} />
  if (!today.in_force) {
    return (
      <Empty title={w('today.no_policy')} why={w('today.no_policy_why')}>
        {can('policy', 'read') && (
          <Button kind="primary" onClick={() => go('/policy')}>
            {w('today.adopt')}
          </Button>
        )}
      </Empty>
    )
  }
  if (today.team) {
    return (
      <Empty title={w('today.empty_own')} why={w('today.team', today.team)}>
        {can('duty', 'approve') && <Button onClick={() => go('/team')}>{w('today.see_team')}</Button>}
      </Empty>
    )
  }
  return (
    <Empty title={w('today.empty')} why={w('today.empty_why')}>
      {can('customer', 'read') && <Button onClick={() => go('/customers?view=mine')}>{w('today.my_customers')}</Button>}
    </Empty>
  )
}

/** Versions of regulations that wait for this person. */
function Approvals({ today }: { today: Today }) {
  if (today.approvals.length === 0) return null
  return (
    <Notice>
      <ul>
        {today.approvals.map((version) => (
          <li key={version.id}>
            <Link to={`/policy/versions/${version.id}`}>
              {w('today.approval', { policy: version.policy, n: version.number, name: version.author.name })}
            </Link>
          </li>
        ))}
      </ul>
    </Notice>
  )
}
