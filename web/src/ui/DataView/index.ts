export { DataView } from './DataView'
export { arrange, formatColumns, isChanged, parseColumns, parseFilters, readState, writeState } from './state'
export type { BulkAction, Column, DataViewProps, FieldKind, Neighbours, Preset, ViewState } from './types'
