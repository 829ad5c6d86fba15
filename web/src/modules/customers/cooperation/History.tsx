/** Cooperation history (合作记录, R3-1.3): what it adds up to, and each order, contract and renewal. */
import './cooperation.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, newKey, useCan } from '@/api'
import { civilDate, count, date, locale, money, now, t as words } from '@/i18n'
import {
  Button,
  Dialog,
  Empty,
  Failed,
  IconButton,
  Skeleton,
  Stat,
  Stats,
  Status,
  type Tone,
  toast,
  undoable,
  useGo,
} from '@/ui'
import { RecordFiles } from '../attachments/RecordFiles'
import { type Customer, useRefresh } from '../queries'
import { t } from '../words'
import { CooperationForm, stateWord } from './CooperationForm'
import {
  type Cooperation,
  recordCooperation,
  removeCooperation,
  type Totals,
  totalsQuery,
  useCooperation,
} from './queries'

export default function History({ customer }: { customer: Customer }) {
  const can = useCan()
  const go = useGo()
  const [editing, setEditing] = useState<Cooperation | 'new'>()
  const found = useCooperation(customer.id)
  const { data: totals } = useQuery(totalsQuery(customer.id))
  const records = found.data?.pages.flatMap((page) => page.items) ?? []
  const close = () => setEditing(undefined)
  const add = can('cooperation', 'create') && (
    <Button size="xs" icon="plus" onClick={() => setEditing('new')}>
      {t('cooperation.add')}
    </Button>
  )
  const bring = can('cooperation', 'import') && can('customer', 'import') && (
    <Button size="xs" kind="quiet" icon="upload" onClick={() => go('/customers/cooperation/import')}>
      {t('cooperation.import')}
    </Button>
  )
  return (
    <div className="cooperation">
      <div className="row between wrap">
        <h2 className="small">{t('tab.cooperation')}</h2>
        <span className="row">
          {bring}
          {add}
        </span>
      </div>
      {totals?.last_on && <Sum totals={totals} />}
      {found.isPending && <Skeleton lines={4} />}
      {found.isError && (
        <Failed title={words('list.failed')} why={messageOf(found.error)} onRetry={() => void found.refetch()} />
      )}
      {found.isSuccess && records.length === 0 && (
        <Empty title={t('cooperation.empty')} why={t('cooperation.empty_why')} />
      )}
      <ol>
        {records.map((record) => (
          <Line
            key={record.id}
            record={record}
            onEdit={can('cooperation', 'update') ? () => setEditing(record) : undefined}
            mayAdd={can('cooperation', 'update')}
            mayRemove={can('cooperation', 'delete')}
          />
        ))}
      </ol>
      {found.hasNextPage && (
        <button type="button" className="link" onClick={() => void found.fetchNextPage()}>
          {t('cooperation.more')}
        </button>
      )}
      <Dialog
        title={editing === 'new' ? t('cooperation.new') : t('cooperation.edit')}
        open={editing !== undefined}
        onClose={close}
        size={560}
      >
        {editing && (
          <CooperationForm customerId={customer.id} record={editing === 'new' ? undefined : editing} onDone={close} />
        )}
      </Dialog>
    </div>
  )
}

/** A sum, or nothing for who may not see amounts. */
const sum = (fen: number | null | undefined) => (typeof fen === 'number' ? money(fen, true) : '–')

function Sum({ totals }: { totals: Totals }) {
  const year = Number(civilDate(now()).slice(0, 4))
  const of = (wanted: number) => totals.years.find((one) => one.year === wanted)
  const { orders, contracts, renewals } = totals
  const shown = typeof totals.amount_fen === 'number'
  const inYear = (wanted: number) => (shown ? sum(of(wanted)?.amount_fen ?? 0) : count(of(wanted)?.count ?? 0))
  return (
    <>
      <Stats>
        {shown && (
          <Stat
            label={t('cooperation.total')}
            value={sum(totals.amount_fen)}
            hint={t('cooperation.counts', { orders, contracts, renewals })}
          />
        )}
        {!shown && <Stat label={t('cooperation.count')} value={count(orders + contracts + renewals)} />}
        <Stat label={t('cooperation.this_year')} value={inYear(year)} />
        <Stat label={t('cooperation.last_year')} value={inYear(year - 1)} />
        <Stat
          label={t('cooperation.last')}
          value={date(totals.last_on)}
          hint={t('cooperation.since', { when: date(totals.first_on) })}
        />
      </Stats>
      {totals.years.length > 2 && <Years totals={totals} />}
      <p className="dim">{t('cooperation.definition')}</p>
    </>
  )
}

function Years({ totals }: { totals: Totals }) {
  const shown = typeof totals.amount_fen === 'number'
  return (
    <details>
      <summary>{t('cooperation.years')}</summary>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t('cooperation.year')}</th>
            <th scope="col" className="num">
              {t('cooperation.count')}
            </th>
            {shown && (
              <th scope="col" className="num">
                {t('cooperation.amount_fen')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {totals.years.map((one) => (
            <tr key={one.year}>
              <th scope="row">{one.year}</th>
              <td className="num">{count(one.count)}</td>
              {shown && <td className="num">{sum(one.amount_fen)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

const tones: Record<Cooperation['state'], Tone> = { signed: 'accent', delivered: 'good', cancelled: 'none' }

type LineProps = { record: Cooperation; onEdit?: () => void; mayAdd: boolean; mayRemove: boolean }

function Line({ record, onEdit, mayAdd, mayRemove }: LineProps) {
  const { kind, number } = record
  const name = [t(`cooperation.kind.${kind}`), number].filter(Boolean).join(' ')
  const notes = [
    record.starts_on &&
      record.ends_on &&
      t('cooperation.term', { from: date(record.starts_on), to: date(record.ends_on) }),
    record.contract_number && t('cooperation.within', { number: record.contract_number }),
    record.source !== 'hand' && t('cooperation.from', { source: sourceWord(record.source) }),
  ].filter(Boolean)
  return (
    <li className="deal" data-off={record.state === 'cancelled' || undefined}>
      <div className="row between">
        <span className="row wrap grow">
          <time dateTime={record.happened_on}>{date(record.happened_on)}</time>
          <b>{name}</b>
          <Status tone={tones[record.state]}>{stateWord(kind, record.state)}</Status>
        </span>
        {typeof record.amount_fen === 'number' && <b className="num">{money(record.amount_fen)}</b>}
        <RecordFiles customer={record.customer_id} kind="cooperation" record={record.id} name={name} mayAdd={mayAdd} />
        <span className="fact-acts no-print">
          {onEdit && <IconButton label={`${words('edit')}: ${name}`} icon="edit" onClick={onEdit} />}
          {mayRemove && <Remove record={record} name={name} />}
        </span>
      </div>
      {record.items.length > 0 && <p>{record.items.join(locale() === 'zh' ? '、' : ', ')}</p>}
      {notes.length > 0 && <p className="dim">{notes.join(' · ')}</p>}
      {record.problems && (
        <p className="soon">
          {t('cooperation.problems')}: {record.problems}
        </p>
      )}
    </li>
  )
}

const sourceWord = (source: string) => (source === 'sheet' ? t('cooperation.sheet') : source)

/** Removed at once; taken back by writing the same down again. */
function Remove({ record, name }: { record: Cooperation; name: string }) {
  const refresh = useRefresh()
  const again = async () => {
    const { kind, number, happened_on, items, amount_fen, starts_on, ends_on, state, problems, contract_number } =
      record
    const own = record.external_id ? { source: record.source, external_id: record.external_id } : {}
    const body = { kind, number, happened_on, items, amount_fen, starts_on, ends_on, state, problems, contract_number }
    try {
      await recordCooperation(record.customer_id, { ...body, ...own }, newKey())
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(record.customer_id)
  }
  const remove = async () => {
    try {
      await removeCooperation(record)
      undoable(t('cooperation.removed', { kind: name }), () => void again())
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(record.customer_id)
  }
  return <IconButton label={`${words('remove')}: ${name}`} icon="close" onClick={() => void remove()} />
}
