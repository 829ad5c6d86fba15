/** Two customers side by side, and what is decided of them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { date, lookup } from '@/i18n'
import { Button, Dialog, Failed, Link, type Neighbours, RegionName, Skeleton, toast, undoable } from '@/ui'
import { type Customer, customerQuery, keys } from '../queries'
import { t } from '../words'
import { Evidence, Likeness } from './DuplicateList'
import { compared, type Difference } from './fields'
import { dismiss, duplicateKeys, type Pair, pairQuery, reopen } from './queries'

export function Comparison({ id, neighbours }: { id: string; neighbours: Neighbours }) {
  const { data: pair, error, refetch } = useQuery(pairQuery(id))
  return (
    <Dialog title={t('pair.compare')} open onClose={neighbours.close} size={960}>
      {error && <Failed title={t('pair.missing')} why={messageOf(error)} onRetry={() => void refetch()} />}
      {pair === null && <p>{t('pair.missing')}</p>}
      {pair === undefined && !error && <Skeleton lines={8} />}
      {pair && <Both pair={pair} onDone={neighbours.next ?? neighbours.close} />}
    </Dialog>
  )
}

function Both({ pair, onDone }: { pair: Pair; onDone: () => void }) {
  const one = useQuery(customerQuery(pair.customer.id))
  const other = useQuery(customerQuery(pair.other.id))
  const can = useCan()
  const client = useQueryClient()
  const refresh = () =>
    Promise.all([duplicateKeys.all, keys.all].map((queryKey) => client.invalidateQueries({ queryKey })))
  const judge = async (act: (pair: Pair) => Promise<Pair>) => {
    try {
      await act(pair)
      await refresh()
      return true
    } catch (error) {
      toast(messageOf(error))
      return false
    }
  }
  const twoCustomers = async () => {
    if (!(await judge(dismiss))) return
    onDone()
    undoable(t('pair.dismissed'), () => void judge(reopen))
  }
  if (!one.data || !other.data) return <Skeleton lines={8} />
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
      <Sides one={one.data} other={other.data} />
      {can('customer', 'update') && pair.state !== 'merged' && (
        <div className="row wrap end">
          {pair.state === 'open' && <Button onClick={() => void twoCustomers()}>{t('pair.dismiss')}</Button>}
          {pair.state === 'distinct' && <Button onClick={() => void judge(reopen)}>{t('pair.reopen')}</Button>}
        </div>
      )}
    </div>
  )
}

function Sides({ one, other }: { one: Customer; other: Customer }) {
  return (
    <table className="pair-table">
      <caption className="vh">{t('pair.compare')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('pair.field')}</th>
          {[one, other].map((customer) => (
            <th key={customer.id} scope="col">
              <Link to={`/customers/${customer.id}`}>{customer.number}</Link>{' '}
              <span className="dim">{t('pair.since', { when: date(customer.created_at) })}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {compared(one, other).map((row) => (
          <Row key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ row }: { row: Difference }) {
  return (
    <tr data-differs={row.differs || undefined}>
      <th scope="row">{lookup(`field.${row.key}`) ?? row.key}</th>
      {row.texts.map((text, side) => (
        <td key={side === 0 ? 'one' : 'other'}>
          {text ? <Value field={row.key} text={text} /> : <span className="dim">–</span>}
        </td>
      ))}
    </tr>
  )
}

export function Value({ field, text }: { field: string; text: string }) {
  return field === 'region' ? <RegionName code={text} /> : text
}
