/** One column model serves the table, the cards and the export. */
import type { ReactNode } from 'react'
import type { Filter, ListQuery, Page } from '@/api/lists'
import type { Choice } from '../fields'
import type { IconName } from '../Icon'

export type FieldKind = 'text' | 'choice' | 'multi' | 'person' | 'department' | 'date' | 'number' | 'money' | 'bool'

export type Column<T> = {
  /** The field of the API: used in filters, sorting, saved views and exports. */
  key: string
  title: () => string
  kind: FieldKind
  /** Plain words: export, tips, screen readers; also the cell when `cell` is absent. */
  text: (row: T) => string
  cell?: (row: T) => ReactNode
  width?: number
  sort?: boolean
  /** Offered as a filter; needs `options` when the kind is choice or multi. A bool may name its `true` and `false`. */
  filter?: boolean
  options?: () => readonly Choice[]
  /** Absent from the table until chosen. */
  extra?: boolean
  /** Only a filter, never a column. */
  filterOnly?: boolean
  /** A field that the company has added: told by the server only when it is shown. */
  custom?: boolean
  /** Place on the card of narrow screens: beside the name, or as a line under it. */
  card?: 'mark' | 'line'
}

export type ColumnState = { key: string; width?: number }

/** What a saved view keeps. */
export type ViewState = { filters?: Filter[]; sort?: string; columns?: ColumnState[]; dense?: boolean }

/** A view that comes with the room: 全部, 我的 … */
export type Preset = { id: string; label: string; state: ViewState }

export type BulkAction<T> = {
  id: string
  label: string
  icon?: IconName
  danger?: boolean
  /** `all`: not these rows but everything that the view finds is meant. */
  run: (rows: T[], done: () => void, all?: ViewQuery) => void
}

/** What a view asks for, whatever the page. */
export type ViewQuery = Omit<ListQuery, 'cursor' | 'limit'>
/** How many records a view finds; counted up to a bound. */
export type Found = { count: number; more: boolean }

export type Neighbours = { close: () => void; previous?: () => void; next?: () => void }

export type DataViewProps<T> = {
  /** Name of the list at the server: its saved views live under it. */
  list: string
  /** What it lists, as a heading and for screen readers: 客户 */
  title: string
  columns: Column<T>[]
  presets: Preset[]
  queryKey: readonly unknown[]
  load: (query: ListQuery, signal: AbortSignal) => Promise<Page<T>>
  id: (row: T) => string
  /** Names the fields that the keyword really searches; without it there is no keyword. */
  searchHint?: string
  /** When the list has no record at all: why, and one thing to do. */
  empty: { title: string; why: string; action?: ReactNode }
  actions?: ReactNode
  /** What is to be known of the whole, above the rows. */
  summary?: ReactNode
  bulk?: BulkAction<T>[]
  /** With it the list says how many there are, and all that the view finds can be selected, not only what is on the screen. */
  countAll?: (query: ViewQuery, most?: number) => Promise<Found>
  /** The opened record, drawn over the list. Without it the name of a row is plain text. */
  record?: (id: string, neighbours: Neighbours) => ReactNode
  /** Called with what is shown now: for the export of exactly this view. */
  onExport?: (query: ViewQuery, columns: string[]) => void
}
