import { count as number, t } from '@/i18n'
import { Button } from '../Button'
import type { BulkAction, Found, ViewQuery } from './types'

type Props<T> = {
  count: number
  actions: BulkAction<T>[]
  rows: () => T[]
  onClear: () => void
  /** Selects all that the view finds. */
  onAll?: () => void
  /** All that the view finds is selected. */
  all?: { query: ViewQuery; found: Found }
}

/** Rises from below as soon as a row is ticked. */
export function BulkBar<T>({ count, actions, rows, onClear, onAll, all }: Props<T>) {
  if (count === 0) return null
  const words = t(all?.found.more ? 'list.selected_more' : 'list.selected', { n: number(all?.found.count ?? count) })
  return (
    <div className="bulk no-print" role="toolbar" aria-label={words}>
      <b aria-live="polite">{words}</b>
      {onAll && (
        <Button size="xs" kind="quiet" onClick={onAll}>
          {t('list.select_found')}
        </Button>
      )}
      {actions.map((action) => (
        <Button
          key={action.id}
          size="xs"
          icon={action.icon}
          kind={action.danger ? 'danger' : 'plain'}
          onClick={() => action.run(rows(), onClear, all?.query)}
        >
          {action.label}
        </Button>
      ))}
      <Button size="xs" kind="quiet" onClick={onClear}>
        {t('list.clear_selection')}
      </Button>
    </div>
  )
}
