import { Cascader, MultiSelect, Select, TagsInput, TreeSelect } from '@mantine/core'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import '@mantine/core/styles/Tree.css'
import '@mantine/core/styles/TreeSelect.css'
import '@mantine/core/styles/Cascader.css'
import './fields.css'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useMemo, useState } from 'react'
import { departmentsQuery, type Option, regionsQuery, searchPeople } from '@/api/lookups'
import { t } from '@/i18n'
import { type Choice, common, type FieldProps } from './types'

type ChoiceProps<V extends string> = FieldProps<V | null> & { options: readonly Choice<V>[]; clearable?: boolean }

export function ChoiceField<V extends string>({ options, clearable, ...props }: ChoiceProps<V>) {
  return (
    <Select
      {...common(props)}
      placeholder={props.placeholder ?? t('field.pick')}
      data={[...options] as Choice[]}
      value={props.value}
      onChange={(value) => props.onChange(value as V | null)}
      clearable={clearable ?? !props.required}
      searchable={options.length > 8}
      limit={200}
      allowDeselect={false}
    />
  )
}

/** Two to five choices that are better seen than opened. */
export function Segmented<V extends string>({ options, ...props }: FieldProps<V> & { options: readonly Choice<V>[] }) {
  const group = useId()
  return (
    <fieldset className="segmented" data-field={props.name}>
      <legend className={props.label ? undefined : 'vh'}>{props.label ?? props['aria-label']}</legend>
      <div>
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={group}
              checked={option.value === props.value}
              disabled={props.disabled}
              onChange={() => props.onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

export function MultiChoice({ options, ...props }: FieldProps<string[]> & { options: readonly Choice[] }) {
  return (
    <MultiSelect
      {...common(props)}
      data={[...options] as Choice[]}
      value={props.value}
      onChange={props.onChange}
      searchable={options.length > 8}
      hidePickedOptions
      clearable
    />
  )
}

export function Tags({ suggestions, ...props }: FieldProps<string[]> & { suggestions?: string[] }) {
  return (
    <TagsInput
      {...common(props)}
      placeholder={props.value.length === 0 ? t('field.tags_hint') : undefined}
      data={suggestions}
      value={props.value}
      onChange={props.onChange}
      splitChars={[',', '，', '、', ';']}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}

type LookupProps = FieldProps<string | null> & {
  /** The name of the present value, which the field cannot know by itself. */
  current?: { id: string; name: string } | null
  /** Names the source: answers are kept under it. */
  source: string
  find: (text: string, signal?: AbortSignal) => Promise<Option[]>
  onPick?: (option: Option) => void
}

/** Searches on the server as one types; the server matches Chinese, pinyin and initials. */
export function Lookup({ current, source, find, onPick, ...props }: LookupProps) {
  const [text, setText] = useState('')
  const settled = useSettled(text, 200)
  const [picked, setPicked] = useState<Option | null>(null)
  const present = useMemo<Option | null>(() => {
    if (picked?.value === props.value) return picked
    return current && current.id === props.value ? { value: current.id, label: current.name } : null
  }, [picked, current, props.value])
  // The field holds the name of the present value until one types: that is no question to the server.
  const question = settled === present?.label ? '' : settled
  const found = useQuery({
    queryKey: ['lookup', source, question],
    queryFn: ({ signal }) => find(question, signal),
    staleTime: 30_000,
  })
  const options = useMemo(() => {
    const list = found.data ?? []
    if (!present || list.some((option) => option.value === present.value)) return list
    // The present value must stay among the options, or the field would show nothing; matches come first.
    return question ? [...list, present] : [present, ...list]
  }, [found.data, present, question])
  return (
    <Select
      {...common(props)}
      placeholder={props.placeholder ?? t('field.search_person')}
      data={options}
      // The server has filtered already, also by pinyin: filtering again by the letters would drop its matches.
      filter={({ options: all }) => all}
      renderOption={({ option }) => {
        const hint = options.find((other) => other.value === option.value)?.hint
        return (
          <span className="row between grow">
            <span>{option.label}</span>
            {hint && <span className="dim">{hint}</span>}
          </span>
        )
      }}
      value={props.value}
      onChange={(value) => {
        const option = options.find((other) => other.value === value) ?? null
        setPicked(option)
        props.onChange(value)
        if (option) onPick?.(option)
      }}
      comboboxProps={{ withinPortal: !props.inline }}
      searchable
      // A list that drops down by itself would cover the form, and what is said of the field; a click or a letter opens it.
      openOnFocus={false}
      clearable={!props.required}
      onSearchChange={setText}
      // Typing replaces the name that stands there.
      onFocus={(event) => event.currentTarget.select()}
      // Before anything is asked, a list that says so would only cover what is below it.
      nothingFoundMessage={nothingFound(question, found.isFetching)}
    />
  )
}

/** Nothing at all closes the list; left out, the words of the theme would stand there. */
function nothingFound(question: string, isAsking: boolean): string | null {
  if (!question) return null
  return isAsking ? t('loading') : t('field.no_match')
}

export function Person(props: Omit<LookupProps, 'find' | 'source'>) {
  return <Lookup {...props} source="people" find={searchPeople} />
}

export function useSettled(value: string, ms: number): string {
  const [settled, set] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => set(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}

type Node = { value: string; label: string; children?: Node[] }

/** A flat list with parents → a tree; whoever has no known parent is a root. */
export function treeOf<T>(
  items: T[],
  id: (item: T) => string,
  label: (item: T) => string,
  parent: (item: T) => string | null | undefined,
): Node[] {
  const nodes = new Map(items.map((item) => [id(item), { value: id(item), label: label(item) } as Node]))
  const roots: Node[] = []
  for (const item of items) {
    const node = nodes.get(id(item)) as Node
    const above = nodes.get(parent(item) ?? '')
    if (above) {
      above.children ??= []
      above.children.push(node)
    } else roots.push(node)
  }
  return roots
}

export function Department(props: FieldProps<string | null>) {
  const { data = [] } = useQuery(departmentsQuery)
  const tree = useMemo(
    () =>
      treeOf(
        data,
        (d) => d.id,
        (d) => d.name,
        (d) => d.parent_id,
      ),
    [data],
  )
  return (
    <TreeSelect
      {...common(props)}
      placeholder={props.placeholder ?? t('field.pick')}
      comboboxProps={{ withinPortal: !props.inline }}
      data={tree}
      value={props.value}
      onChange={(value) => props.onChange(value)}
      searchable
      clearable={!props.required}
      defaultExpandAll={data.length < 30}
    />
  )
}

/** Province / city / county by GB/T 2260 code. A city or province alone is a valid answer. */
export function Region(props: FieldProps<string | null>) {
  const { data = [] } = useQuery(regionsQuery)
  const tree = useMemo(
    () =>
      treeOf(
        data,
        (r) => r.code,
        (r) => r.name,
        (r) => r.parent,
      ),
    [data],
  )
  const path = useMemo(() => regionPath(data, props.value), [data, props.value])
  return (
    <Cascader
      {...common(props)}
      // The library leaves the list of its columns without a name.
      attributes={{ columnScroll: { 'aria-label': props.label ?? props['aria-label'] } }}
      placeholder={props.placeholder ?? t('field.pick')}
      data={tree}
      value={path.map((region) => region.code)}
      onChange={(value) => props.onChange(value?.at(-1) ?? null)}
      changeOnSelect
      searchable
      clearable={!props.required}
      separator=" "
    />
  )
}

type RegionRow = { code: string; name: string; parent?: string | null }

/** From the province down to the region itself. */
export function regionPath(regions: RegionRow[], code: string | null | undefined): RegionRow[] {
  const byCode = new Map(regions.map((region) => [region.code, region]))
  const path: RegionRow[] = []
  for (let at = byCode.get(code ?? ''); at && path.length < 5; at = byCode.get(at.parent ?? '')) path.unshift(at)
  return path
}

/** The name of a region for reading: 江苏 苏州 昆山. */
export function RegionName({ code }: { code: string | null | undefined }) {
  const { data = [] } = useQuery({ ...regionsQuery, enabled: Boolean(code) })
  if (!code) return null
  const path = regionPath(data, code)
  return <>{path.length > 0 ? path.map((region) => region.name).join(' ') : code}</>
}
