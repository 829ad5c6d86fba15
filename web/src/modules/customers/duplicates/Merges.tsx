/** On the page of a customer: which others it probably is, and which have become part of it. */
import { useQuery } from '@tanstack/react-query'
import { useCan } from '@/api'
import { date, now } from '@/i18n'
import { Link, SideBlock, toast } from '@/ui'
import { t } from '../words'
import { undoneText, useAct } from './Comparison'
import { Likeness } from './DuplicateList'
import { type Merge, mergesQuery, pairsOfQuery, undoMerge } from './queries'

/** Only where there is something to judge. */
export function Likely({ id }: { id: string }) {
  const pairs = useQuery(pairsOfQuery(id))
  if (!pairs.data?.length) return null
  return (
    <SideBlock title={t('pair.of_customer')}>
      <ul>
        {pairs.data.map((pair) => (
          <li key={pair.id} className="row between">
            <Link to={`/customers/duplicates?open=${pair.id}`}>
              {pair.customer.id === id ? pair.other.name : pair.customer.name}
            </Link>
            <Likeness score={pair.score} />
          </li>
        ))}
      </ul>
    </SideBlock>
  )
}

export function Merges({ id }: { id: string }) {
  const merges = useQuery(mergesQuery(id))
  const parts = (merges.data ?? []).filter((merge) => merge.state !== 'undone')
  if (parts.length === 0) return null
  return (
    <SideBlock title={t('merge.parts')}>
      <ul>
        {parts.map((merge) => (
          <Part key={merge.id} merge={merge} />
        ))}
      </ul>
    </SideBlock>
  )
}

function Part({ merge }: { merge: Merge }) {
  const can = useCan()
  const act = useAct()
  const undo = async () => {
    const undone = await act(() => undoMerge(merge))
    if (undone) toast(undoneText(undone))
  }
  const open = merge.state === 'done' && Date.parse(merge.undo_until) > now() && can('customer', 'delete')
  return (
    <li>
      <p>
        {merge.loser?.name} <span className="dim">{merge.loser?.number}</span>
      </p>
      <p className="dim">
        {merge.state === 'moving' && t('merge.moving')}
        {merge.state === 'undoing' && t('merge.undoing')}
        {merge.state === 'done' && t('merge.by', { who: merge.merged_by.name, when: date(merge.merged_at) })}
      </p>
      {open && (
        <button type="button" className="link" onClick={() => void undo()}>
          {t('merge.undo')}
        </button>
      )}
    </li>
  )
}
