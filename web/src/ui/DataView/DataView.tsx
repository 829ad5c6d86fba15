/** THE list of the console. Give it columns and a loader; it does the rest, and the URL holds its state. */
import './dataview.css'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { messageOf } from '@/api/problem'
import { t } from '@/i18n'
import { Button, IconButton } from '../Button'
import { useSearch, useSetSearch } from '../nav'
import { Empty, Failed } from '../small'
import { toast } from '../Undo'
import { usePhone } from '../usePhone'
import { useTitle } from '../useTitle'
import { BulkBar } from './BulkBar'
import { Cards } from './Cards'
import { ColumnChooser } from './ColumnChooser'
import { FilterBar } from './FilterBar'
import { useListKeys } from './keyboard'
import { Pager } from './Pager'
import { arrange, isChanged, readState, writeState } from './state'
import { Table } from './Table'
import type { DataViewProps, Found, Preset, ViewQuery, ViewState } from './types'
import { useTabs, Views } from './Views'

const LIMIT = 50
/** What a view finds is counted so far: of more it is enough to know that there are more. */
const COUNTED = 1_000

export function DataView<T>(props: DataViewProps<T>) {
  const { list, columns, presets, queryKey, load, id } = props
  const params = useSearch()
  const setParams = useSetSearch()
  const phone = usePhone()
  const tabs = useTabs(list, presets)
  const active = tabs.find((tab) => tab.id === params.view) ?? tabs[0]
  const view = active?.state ?? {}
  const state = readState(params, view)
  const filters = state.filters ?? []
  const keyword = params.q ?? ''

  const shown = arrange(columns, state.columns)
  // Columns that the server tells only when asked.
  const custom = shown.filter((column) => column.custom).map((column) => column.key)
  const query = {
    filter: filters,
    sort: state.sort,
    q: keyword || undefined,
    custom: custom.sort().join(',') || undefined,
    limit: LIMIT,
  }
  const pages = useInfiniteQuery({
    queryKey: [...queryKey, 'list', query],
    queryFn: ({ pageParam, signal }) => load({ ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const found = useQuery({
    queryKey: [...queryKey, 'count', { filters, keyword }],
    queryFn: () => (props.countAll ? props.countAll(query, COUNTED) : null),
    enabled: Boolean(props.countAll) && pages.hasNextPage,
    staleTime: 30_000,
  }).data
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data])

  const change = (next: ViewState) => {
    setParams(writeState(next, view), { replace: true })
  }
  const onKeyword = useCallback(
    (text: string) => {
      setParams({ q: text || undefined }, { replace: true })
    },
    [setParams],
  )
  const [selected, toggle, setSelected] = useSelection(JSON.stringify(query))
  // All that the view finds was selected: true as long as nothing is ticked or unticked.
  const [all, setAll] = useState<{ ticks: ReadonlySet<string>; query: ViewQuery; found: Found }>()
  const everything = all?.ticks === selected ? all : undefined
  const { countAll } = props
  const whole = rows.length > 0 && selected.size === rows.length && pages.hasNextPage && !everything
  const selectAll = async () => {
    try {
      if (countAll) setAll({ ticks: selected, query, found: await countAll(query) })
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const root = useRef<HTMLDivElement>(null)
  const input = useRef<HTMLInputElement>(null)
  useListKeys({ root, input, onToggle: toggle })
  const open = (row: string | undefined) => {
    setParams({ open: row })
    // The drawer is gone after this render: the focus returns to the name it was opened from.
    if (!row && params.open) returnFocus(root.current, params.open)
  }

  useTitle(props.title)

  const rowsProps = {
    title: props.title,
    columns: shown,
    rows,
    id,
    loading: pages.isPending,
    selected,
    selectable: Boolean(props.bulk?.length),
    onToggle: toggle,
    onToggleAll: () => setSelected(rows.every((row) => selected.has(id(row))) ? new Set() : new Set(rows.map(id))),
    onOpen: props.record ? open : undefined,
    opened: params.open,
    sort: state.sort,
    onSort: (sort: string | undefined) => change({ sort }),
    onWidth: (key: string, width: number) =>
      change({
        columns: shown.map((column) => ({ key: column.key, width: column.key === key ? width : column.width })),
      }),
  }
  const nothing = !pages.isPending && !pages.isError && rows.length === 0 && !pages.hasNextPage
  const Rows = phone ? Cards : Table
  return (
    <div ref={root} className="dataview" data-dense={state.dense || undefined}>
      <div className="page-head">
        <h1>{props.title}</h1>
        {props.actions}
      </div>
      {props.summary}
      {active && (
        <Views
          list={list}
          tabs={tabs}
          active={active}
          changed={isChanged(params)}
          state={state}
          onPick={(tab) => {
            setParams({
              view: tab === presets[0]?.id ? undefined : tab,
              f: undefined,
              sort: undefined,
              cols: undefined,
              dense: undefined,
            })
          }}
        />
      )}
      <div className="list-tools">
        <FilterBar
          columns={columns}
          filters={filters}
          onChange={(next) => change({ filters: next })}
          keyword={keyword}
          onKeyword={onKeyword}
          hint={props.searchHint}
          inputRef={input}
        />
        <div className="row" role="toolbar" aria-label={t('list.tools')}>
          {!phone && (
            <ColumnChooser
              columns={columns}
              shown={shown}
              custom={state.columns !== undefined}
              dense={Boolean(state.dense)}
              onChange={(next) => change({ columns: next })}
              onDense={(dense) => change({ dense })}
            />
          )}
          {props.onExport && (
            <IconButton
              label={t('list.export')}
              icon="download"
              onClick={() =>
                props.onExport?.(
                  query,
                  shown.map((column) => column.key),
                )
              }
            />
          )}
        </div>
      </div>
      {pages.isError && (
        <Failed title={t('list.failed')} why={messageOf(pages.error)} onRetry={() => void pages.refetch()} />
      )}
      {nothing && (
        <Nothing
          {...props}
          conditions={filters.length + (keyword ? 1 : 0)}
          preset={active && !active.saved && !keyword && params.f === undefined ? active : undefined}
          onClear={() => {
            change({ filters: [] })
            onKeyword('')
          }}
        />
      )}
      {!nothing && !pages.isError && <Rows {...rowsProps} />}
      {!nothing && !pages.isError && (
        <Pager
          count={rows.length}
          found={found ?? undefined}
          more={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
          busy={pages.isFetching}
        />
      )}
      <BulkBar
        count={selected.size}
        actions={props.bulk ?? []}
        rows={() => rows.filter((row) => selected.has(id(row)))}
        onClear={() => setSelected(new Set())}
        onAll={countAll && whole ? () => void selectAll() : undefined}
        all={everything}
      />
      {params.open && props.record?.(params.open, neighbours(rows.map(id), params.open, open))}
    </div>
  )
}

type NothingProps<T> = DataViewProps<T> & {
  conditions: number
  /** The room's own view, as it is: its filters are nothing that the reader has set. */
  preset: Preset | undefined
  onClear: () => void
}

function Nothing<T>({ empty, presets, conditions, preset, onClear }: NothingProps<T>) {
  if (conditions === 0 || preset) {
    // Elsewhere than in the first view there may well be something.
    const elsewhere = conditions > 0 && preset && preset.id !== presets[0]?.id
    return (
      <Empty title={elsewhere ? t('list.view_empty', { view: preset.label }) : empty.title} why={empty.why}>
        {empty.action}
      </Empty>
    )
  }
  return (
    <Empty title={t('list.no_match')} why={t('list.no_match_why', { n: conditions })}>
      <Button onClick={onClear}>{t('list.filter_clear')}</Button>
    </Empty>
  )
}

function neighbours(ids: string[], opened: string, open: (id: string | undefined) => void) {
  const at = ids.indexOf(opened)
  const step = (to: string | undefined) => (to === undefined || at < 0 ? undefined : () => open(to))
  return { close: () => open(undefined), previous: step(ids[at - 1]), next: step(ids[at + 1]) }
}

function returnFocus(root: HTMLElement | null, id: string): void {
  setTimeout(() => root?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"] .name`)?.focus(), 200)
}

/** Ticks belong to the rows on the screen: another query starts with none. */
function useSelection(key: string) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason to run
  useEffect(() => setSelected((before) => (before.size === 0 ? before : new Set())), [key])
  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const next = new Set(before)
        if (!next.delete(id)) next.add(id)
        return next
      }),
    [],
  )
  return [selected, toggle, setSelected] as const
}
