export { DataView } from './DataView'
export { isTyping } from './keyboard'
export { arrange, formatColumns, isChanged, move, parseColumns, parseFilters, readState, writeState } from './state'
export type { BulkAction, Column, DataViewProps, FieldKind, Neighbours, Preset, ViewState } from './types'
