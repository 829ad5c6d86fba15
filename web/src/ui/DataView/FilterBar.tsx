import { type Ref, useEffect, useState } from 'react'
import type { Filter } from '@/api/lists'
import { t } from '@/i18n'
import { Icon } from '../Icon'
import { Popover } from '../Popup'
import { FilterEditor } from './FilterEditor'
import { useNames } from './names'
import type { Column } from './types'
import { filterWords } from './words'

type Props<T> = {
  columns: Column<T>[]
  filters: Filter[]
  onChange: (filters: Filter[]) => void
  keyword: string
  onKeyword: (text: string) => void
  /** Without it the list has no keyword. */
  hint?: string
  inputRef: Ref<HTMLInputElement>
}

/** Keyword and conditions. They apply at once and each can be changed or taken away by itself. */
export function FilterBar<T>({ columns, filters, onChange, keyword, onKeyword, hint, inputRef }: Props<T>) {
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map())
  const names = useNames(columns, filters, picked)
  const [open, setOpen] = useState<number>()
  const offered = columns.filter((column) => column.filter)
  const apply = (at: number, filter: Filter, name?: string) => {
    if (name && typeof filter[2] === 'string') setPicked(new Map(picked).set(filter[2], name))
    onChange(at < filters.length ? filters.map((other, i) => (i === at ? filter : other)) : [...filters, filter])
    setOpen(undefined)
  }
  const editor = (at: number) => (
    <FilterEditor columns={offered} initial={filters[at]} onApply={(filter, name) => apply(at, filter, name)} />
  )
  return (
    <div className="filters">
      {hint && <Keyword value={keyword} onChange={onKeyword} hint={hint} inputRef={inputRef} />}
      {filters.map((filter, at) => {
        const words = filterWords(filter, columns, names)
        return (
          <span key={JSON.stringify(filter)} className="chip">
            <Popover
              open={open === at}
              onClose={() => setOpen(undefined)}
              width={280}
              target={
                <button
                  type="button"
                  aria-label={t('list.filter_edit', { what: words })}
                  onClick={() => setOpen(open === at ? undefined : at)}
                >
                  {words}
                </button>
              }
            >
              {editor(at)}
            </Popover>
            <button
              type="button"
              aria-label={t('list.filter_remove', { what: words })}
              onClick={() => onChange(filters.filter((_, i) => i !== at))}
            >
              <Icon name="close" />
            </button>
          </span>
        )
      })}
      {offered.length > 0 && (
        <Popover
          open={open === filters.length}
          onClose={() => setOpen(undefined)}
          width={280}
          target={
            <button
              type="button"
              className="chip-add"
              onClick={() => setOpen(open === filters.length ? undefined : filters.length)}
            >
              <Icon name="filter" />
              {t('list.filter_add')}
            </button>
          }
        >
          {editor(filters.length)}
        </Popover>
      )}
      {filters.length > 1 && (
        <button type="button" className="link" onClick={() => onChange([])}>
          {t('list.filter_clear')}
        </button>
      )}
    </div>
  )
}

type KeywordProps = { value: string; onChange: (text: string) => void; hint: string; inputRef: Ref<HTMLInputElement> }

/** Waits for a pause in typing, and for the input method to finish its word. */
function Keyword({ value, onChange, hint, inputRef }: KeywordProps) {
  const [text, setText] = useState(value)
  const [composing, setComposing] = useState(false)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (composing || text === value) return
    const timer = setTimeout(() => onChange(text), 250)
    return () => clearTimeout(timer)
  }, [text, composing, value, onChange])
  return (
    <label className="keyword">
      <Icon name="search" />
      <input
        ref={inputRef}
        type="search"
        aria-label={hint}
        placeholder={hint}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
            onChange(text)
            // On to the rows: j, k and Enter are theirs from here.
            event.currentTarget.blur()
          }
          if (event.key === 'Escape' && text === '') event.currentTarget.blur()
        }}
      />
    </label>
  )
}
