import { t } from '@/i18n'
import type { RowsProps } from './Table'

/** The same rows where a table does not fit: name, marks beside it, lines under it. */
export function Cards<T>({ title, columns, rows, id, loading, selected, selectable, onToggle, onOpen }: RowsProps<T>) {
  const [first, ...rest] = columns
  const marks = rest.filter((column) => column.card === 'mark')
  const lines = rest.filter((column) => column.card === 'line')
  if (loading) {
    return (
      <ul className="cards" aria-busy="true" aria-label={t('list.rows_label', { what: title })}>
        {Array.from({ length: 8 }, (_, i) => (
          <li key={i}>
            <span className="skeleton" style={{ width: '50%' }} />
            <span className="skeleton" style={{ width: '80%', marginTop: 12 }} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <ul className="cards" aria-label={t('list.rows_label', { what: title })}>
      {rows.map((row) => {
        const key = id(row)
        const name = first?.text(row) ?? key
        return (
          <li key={key} data-row={key} data-selected={selected.has(key) || undefined}>
            <div className="row">
              {selectable && (
                <input
                  type="checkbox"
                  aria-label={t('list.select_row', { what: name })}
                  checked={selected.has(key)}
                  onChange={() => onToggle(key)}
                />
              )}
              {onOpen ? (
                <button type="button" className="name clip grow" onClick={() => onOpen(key)}>
                  {name}
                </button>
              ) : (
                <b className="clip grow">{name}</b>
              )}
              {marks.map((column) => (
                <span key={column.key}>{column.cell?.(row) ?? column.text(row)}</span>
              ))}
            </div>
            <dl>
              {lines.map((column) => (
                <div key={column.key}>
                  <dt>{column.title()}</dt>
                  <dd>{column.cell?.(row) ?? column.text(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        )
      })}
    </ul>
  )
}
