/** Two customers side by side, and what is decided of them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { messageOf, useCan, useCustomFields } from '@/api'
import { date, list, lookup } from '@/i18n'
import { Button, Dialog, Failed, Link, type Neighbours, RegionName, Skeleton, toast, undoable } from '@/ui'
import { type Customer, customerQuery, keys } from '../queries'
import { t } from '../words'
import { Evidence, Likeness } from './DuplicateList'
import { compared, type Difference, type Side, taken } from './fields'
import { dismiss, duplicateKeys, type Merge, merge, type Pair, pairQuery, reopen, undoMerge } from './queries'

export function Comparison({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { data: pair, error, refetch } = useQuery(pairQuery(id))
  return (
    <Dialog title={t('pair.compare')} open onClose={neighbours.close} size={960}>
      {error && <Failed title={t('pair.missing')} why={messageOf(error)} onRetry={() => void refetch()} />}
      {pair === null && <p>{t('pair.missing')}</p>}
      {pair === undefined && !error && <Skeleton lines={8} />}
      {pair && <Both key={pair.id} pair={pair} onDone={neighbours.next ?? neighbours.close} />}
    </Dialog>
  )
}

function Both({ pair, onDone }: { pair: Pair; onDone: () => void }) {
  const one = useQuery(customerQuery(pair.customer.id))
  const other = useQuery(customerQuery(pair.other.id))
  const added = useCustomFields('customer')
  const can = useCan()
  const act = useAct()
  const [survivor, setSurvivor] = useState<Side>(0)
  const [chosen, setChosen] = useState<Record<string, Side>>({})
  if (pair.state === 'merged') return <p>{t('merge.is_done')}</p>
  if (!one.data || !other.data) return <Skeleton lines={8} />
  const both: [Customer, Customer] = [one.data, other.data]
  const rows = compared(...both, added)
  const merging = pair.state === 'open' && can('customer', 'delete')
  const twoCustomers = async () => {
    if (!(await act(() => dismiss(pair)))) return
    onDone()
    undoable(t('pair.dismissed'), () => void act(() => reopen(pair)))
  }
  const oneCustomer = async () => {
    const [stays, goes] = survivor === 0 ? both : [both[1], both[0]]
    const done = await act(() => merge(stays, goes, taken(rows, survivor, chosen)))
    if (!done) return
    onDone()
    const takeBack = async () => {
      const undone = await act(() => undoMerge(done))
      if (undone) toast(undoneText(undone))
    }
    undoable(t('merge.done', { name: stays.name }), () => void takeBack())
  }
  return (
    <div className="stack">
      <p className="row wrap">
        <Likeness score={pair.score} />
        <Evidence pair={pair} />
      </p>
      {pair.state === 'distinct' && (
        <p className="dim">
          {t('pair.decided', { who: pair.decided_by?.name ?? '', when: date(pair.decided_at) })} {pair.reason}
        </p>
      )}
      {merging && <p className="dim">{t('merge.how')}</p>}
      <Sides
        both={both}
        rows={rows}
        survivor={merging ? survivor : undefined}
        chosen={chosen}
        onSurvivor={(side) => {
          setSurvivor(side)
          setChosen({})
        }}
        onChosen={(key, side) => setChosen({ ...chosen, [key]: side })}
      />
      {can('customer', 'update') && (
        <div className="row wrap end">
          {pair.state === 'distinct' && (
            <Button onClick={() => void act(() => reopen(pair))}>{t('pair.reopen')}</Button>
          )}
          {pair.state === 'open' && <Button onClick={() => void twoCustomers()}>{t('pair.dismiss')}</Button>}
          {merging && (
            <Button kind="primary" onClick={() => void oneCustomer()}>
              {t('merge.do')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** What was put back, and what was not. */
export function undoneText(merge: Merge): string {
  const kept = merge.kept.map((field) => lookup(`field.${field}`) ?? field)
  return kept.length > 0 ? t('merge.undone_but', { fields: list(kept) }) : t('merge.undone')
}

/** Does something at the server; the lists follow, and a refusal is told. */
export function useAct() {
  const client = useQueryClient()
  return async <T,>(act: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await act()
      const touched = [duplicateKeys.all, keys.all, ['today']]
      await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
      return answer
    } catch (error) {
      toast(messageOf(error))
      return undefined
    }
  }
}

type SidesProps = {
  both: [Customer, Customer]
  rows: Difference[]
  /** Who stays; nothing while nothing is chosen here. */
  survivor: Side | undefined
  chosen: Record<string, Side>
  onSurvivor: (side: Side) => void
  onChosen: (key: string, side: Side) => void
}

function Sides({ both, rows, survivor, chosen, onSurvivor, onChosen }: SidesProps) {
  const group = useId()
  return (
    <table className="pair-table">
      <caption className="vh">{t('pair.compare')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('pair.field')}</th>
          {both.map((customer, at) => (
            <th key={customer.id} scope="col">
              <Link to={`/customers/${customer.id}`}>{customer.number}</Link>{' '}
              <span className="dim">{t('pair.since', { when: date(customer.created_at) })}</span>
              {survivor !== undefined && (
                <label className="pair-choice">
                  <input
                    type="radio"
                    name={group}
                    checked={survivor === at}
                    onChange={() => onSurvivor(at === 0 ? 0 : 1)}
                  />
                  {t('merge.stays')}
                </label>
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            side={survivor !== undefined && row.choice ? (chosen[row.key] ?? survivor) : undefined}
            onChosen={(side) => onChosen(row.key, side)}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row, side, onChosen }: { row: Difference; side: Side | undefined; onChosen: (side: Side) => void }) {
  const group = useId()
  const label = lookup(`field.${row.key}`) ?? row.key
  const cell = (at: Side) => {
    const text = row.texts[at]
    const value = text ? <Value field={row.key} text={text} /> : <span className="dim">–</span>
    if (side === undefined) return value
    return (
      <label className="pair-choice">
        <input type="radio" name={group} checked={side === at} onChange={() => onChosen(at)} />
        <span>{value}</span>
      </label>
    )
  }
  return (
    <tr data-differs={row.differs || undefined}>
      <th scope="row">{label}</th>
      <td>{cell(0)}</td>
      <td>{cell(1)}</td>
    </tr>
  )
}

function Value({ field, text }: { field: string; text: string }) {
  return field === 'region' ? <RegionName code={text} /> : text
}
