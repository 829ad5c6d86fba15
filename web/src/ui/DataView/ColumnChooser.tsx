import { useState } from 'react'
import { t } from '@/i18n'
import { IconButton } from '../Button'
import { Icon } from '../Icon'
import { Popover } from '../Popup'
import { move } from './state'
import type { Column, ColumnState } from './types'

type Props<T> = {
  columns: Column<T>[]
  shown: (Column<T> & { width: number })[]
  custom: boolean
  dense: boolean
  onChange: (columns: ColumnState[] | undefined) => void
  onDense: (dense: boolean) => void
}

/** Which columns, in which order; by mouse or by keyboard. The first column names the row and stays. */
export function ColumnChooser<T>({ columns, shown, custom, dense, onChange, onDense }: Props<T>) {
  const [open, setOpen] = useState(false)
  const [dragged, setDragged] = useState<number>()
  const state = shown.map(({ key, width }) => ({ key, width }))
  const hidden = columns.filter((column) => !column.filterOnly && !shown.some((other) => other.key === column.key))
  const shift = (from: number, to: number) => {
    if (to >= 1 && to < state.length) onChange(move(state, from, to))
  }
  const row = (column: Column<T>, at: number) => (
    <li
      key={column.key}
      draggable={at > 0}
      data-dragged={dragged === at || undefined}
      onDragStart={() => setDragged(at)}
      onDragEnd={() => setDragged(undefined)}
      onDragOver={(event) => event.preventDefault()}
      onDrop={() => dragged !== undefined && shift(dragged, Math.max(1, at))}
    >
      <Icon name="grip" />
      <label className="grow">
        <input
          type="checkbox"
          checked
          disabled={at === 0}
          onChange={() => onChange(state.filter((other) => other.key !== column.key))}
          onKeyDown={(event) => {
            if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
            event.preventDefault()
            shift(at, at + (event.key === 'ArrowUp' ? -1 : 1))
          }}
        />
        {column.title()}
      </label>
      <IconButton
        label={`${t('list.move_up')}: ${column.title()}`}
        icon="up"
        disabled={at < 2}
        onClick={() => shift(at, at - 1)}
      />
      <IconButton
        label={`${t('list.move_down')}: ${column.title()}`}
        icon="down"
        disabled={at === 0 || at === state.length - 1}
        onClick={() => shift(at, at + 1)}
      />
    </li>
  )
  return (
    <Popover
      open={open}
      onClose={() => setOpen(false)}
      width={300}
      target={<IconButton label={t('list.columns')} icon="columns" expanded={open} onClick={() => setOpen(!open)} />}
    >
      <div className="chooser">
        <p className="dim">{t('list.columns_hint')}</p>
        <ul>
          {shown.map(row)}
          {hidden.map((column) => (
            <li key={column.key}>
              <Icon name="grip" />
              <label className="grow">
                <input type="checkbox" checked={false} onChange={() => onChange([...state, { key: column.key }])} />
                {column.title()}
              </label>
            </li>
          ))}
        </ul>
        <div className="row between">
          <label className="row">
            <input type="checkbox" checked={dense} onChange={(event) => onDense(event.currentTarget.checked)} />
            {t('list.compact')}
          </label>
          {custom && (
            <button type="button" className="link" onClick={() => onChange(undefined)}>
              {t('list.columns_reset')}
            </button>
          )}
        </div>
      </div>
    </Popover>
  )
}
