import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react'
import { t } from '@/i18n'
import { Icon } from '../Icon'
import { nextSort } from './state'
import type { Column } from './types'

export type RowsProps<T> = {
  title: string
  columns: (Column<T> & { width: number })[]
  rows: T[]
  id: (row: T) => string
  /** Shape of rows while the first page is loading. */
  loading: boolean
  selected: ReadonlySet<string>
  selectable: boolean
  onToggle: (id: string) => void
  onToggleAll: () => void
  onOpen?: (id: string) => void
  sort?: string
  onSort: (sort: string | undefined) => void
  onWidth: (key: string, width: number) => void
  opened?: string
}

export function Table<T>(props: RowsProps<T>) {
  const { columns, rows, id, selected, selectable, loading } = props
  const [dragging, setDragging] = useState<{ key: string; width: number }>()
  const width = (column: { key: string; width: number }) =>
    dragging?.key === column.key ? dragging.width : column.width
  const all = rows.length > 0 && rows.every((row) => selected.has(id(row)))
  const [scroll, more] = useEdge<HTMLElement>()
  return (
    <div className="table-edge" data-more={more || undefined}>
      <section
        ref={scroll}
        className="table-scroll"
        aria-label={t('list.rows_label', { what: props.title })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table className="grid" aria-busy={loading}>
          <colgroup>
            {selectable && <col style={{ width: 40 }} />}
            {columns.map((column) => (
              <col key={column.key} style={{ width: width(column) }} />
            ))}
            <col />
          </colgroup>
          <thead>
            <tr>
              {selectable && (
                <th className="tick">
                  <input type="checkbox" aria-label={t('list.select_all')} checked={all} onChange={props.onToggleAll} />
                </th>
              )}
              {columns.map((column) => (
                <Heading
                  key={column.key}
                  column={column}
                  sort={props.sort}
                  onSort={props.onSort}
                  width={width(column)}
                  onDrag={(next) => setDragging({ key: column.key, width: next })}
                  onWidth={(next) => {
                    setDragging(undefined)
                    props.onWidth(column.key, next)
                  }}
                />
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {loading ? (
              <Shape columns={columns.length + (selectable ? 2 : 1)} />
            ) : (
              rows.map((row) => <Row key={id(row)} row={row} {...props} />)
            )}
          </tbody>
        </table>
      </section>
    </div>
  )
}

/** Whether there are columns beyond the right edge. */
function useEdge<E extends HTMLElement>() {
  const scroll = useRef<E>(null)
  const [more, setMore] = useState(false)
  useEffect(() => {
    const element = scroll.current
    if (!element) return
    const look = () => setMore(element.scrollWidth - element.clientWidth - element.scrollLeft > 4)
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    for (const child of element.children) sizes.observe(child)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [])
  return [scroll, more] as const
}

function Shape({ columns }: { columns: number }) {
  return Array.from({ length: 12 }, (_, row) => (
    <tr key={row}>
      {Array.from({ length: columns }, (_, cell) => (
        <td key={cell}>
          <span className="skeleton" style={{ width: `${45 + ((row * 17 + cell * 31) % 45)}%` }} />
        </td>
      ))}
    </tr>
  ))
}

const numeric = new Set(['number', 'money'])

function Row<T>({ row, columns, id, selected, selectable, onToggle, onOpen, opened }: RowsProps<T> & { row: T }) {
  const key = id(row)
  const name = columns[0]?.text(row) ?? key
  return (
    <tr data-row={key} data-selected={selected.has(key) || undefined} data-open={opened === key || undefined}>
      {selectable && (
        <td className="tick">
          <input
            type="checkbox"
            aria-label={t('list.select_row', { what: name })}
            checked={selected.has(key)}
            onChange={() => onToggle(key)}
          />
        </td>
      )}
      {columns.map((column, at) => {
        const content = column.cell?.(row) ?? column.text(row)
        if (at > 0) {
          return (
            <td key={column.key} className={numeric.has(column.kind) ? 'num clip' : 'clip'} title={column.text(row)}>
              {content}
            </td>
          )
        }
        return (
          <th key={column.key} scope="row" className="clip" title={name}>
            {onOpen ? (
              <button type="button" className="name clip" onClick={() => onOpen(key)}>
                {content}
              </button>
            ) : (
              content
            )}
          </th>
        )
      })}
      <td />
    </tr>
  )
}

type HeadingProps<T> = {
  column: Column<T> & { width: number }
  sort?: string
  onSort: (sort: string | undefined) => void
  width: number
  onDrag: (width: number) => void
  onWidth: (width: number) => void
}

function Heading<T>({ column, sort, onSort, width, onDrag, onWidth }: HeadingProps<T>) {
  const title = column.title()
  const direction = sort === column.key ? 'ascending' : sort === `-${column.key}` ? 'descending' : undefined
  return (
    <th
      scope="col"
      aria-sort={column.sort ? (direction ?? 'none') : undefined}
      className={numeric.has(column.kind) ? 'num' : undefined}
    >
      {column.sort ? (
        <button
          type="button"
          className="sort"
          title={t('list.sort_by', { what: title })}
          onClick={() => onSort(nextSort(sort, column.key))}
        >
          {title}
          {direction && <Icon name={direction === 'ascending' ? 'up' : 'down'} />}
        </button>
      ) : (
        title
      )}
      <Resizer title={title} width={width} onDrag={onDrag} onWidth={onWidth} />
    </th>
  )
}

const limit = (width: number) => Math.max(64, Math.min(800, Math.round(width)))

function Resizer({
  title,
  width,
  onDrag,
  onWidth,
}: {
  title: string
  width: number
  onDrag: (width: number) => void
  onWidth: (width: number) => void
}) {
  const start = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault()
    const handle = event.currentTarget
    const from = event.clientX
    handle.setPointerCapture(event.pointerId)
    const at = (clientX: number) => limit(width + clientX - from)
    const drag = (next: globalThis.PointerEvent) => onDrag(at(next.clientX))
    handle.addEventListener('pointermove', drag)
    handle.addEventListener(
      'pointerup',
      (end) => {
        handle.removeEventListener('pointermove', drag)
        onWidth(at((end as globalThis.PointerEvent).clientX))
      },
      { once: true },
    )
  }
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key]
    if (!step) return
    event.preventDefault()
    onWidth(limit(width + step))
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves has no element of its own
    <span
      className="resizer"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('list.width', { what: title })}
      aria-valuenow={width}
      aria-valuemin={64}
      aria-valuemax={800}
      onPointerDown={start}
      onKeyDown={key}
    />
  )
}
