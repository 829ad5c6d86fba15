import { t } from '@/i18n'
import { Button } from '../Button'
import type { BulkAction } from './types'

type Props<T> = { count: number; actions: BulkAction<T>[]; rows: () => T[]; onClear: () => void }

/** Rises from below as soon as a row is ticked. */
export function BulkBar<T>({ count, actions, rows, onClear }: Props<T>) {
  if (count === 0) return null
  return (
    <div className="bulk no-print" role="toolbar" aria-label={t('list.selected', { n: count })}>
      <b aria-live="polite">{t('list.selected', { n: count })}</b>
      {actions.map((action) => (
        <Button
          key={action.id}
          size="xs"
          icon={action.icon}
          kind={action.danger ? 'danger' : 'plain'}
          onClick={() => action.run(rows(), onClear)}
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
