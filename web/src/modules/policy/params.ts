/** The form over a rule's parameters: what was typed, what differs from the version in force, and how it reads. */
import { count, list, t as words } from '@/i18n'
import type { Param, Policy, Rule, RuleChange, RuleView, Rung } from './model'
import { rulesOf } from './model'
import { rungWords, spanWords, term } from './sentence'

/** Rule → path → the new value. Only what differs from the version in force is kept. */
export type Draft = Record<string, Record<string, unknown>>

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function valueOf(draft: Draft, rule: string, param: Param): unknown {
  const changed = draft[rule]
  return changed && param.path in changed ? changed[param.path] : param.value
}

/** The draft with one value set; back at the value in force, it is no change any more. */
export function withValue(draft: Draft, rule: string, param: Param, value: unknown): Draft {
  const { [param.path]: _, ...rest } = draft[rule] ?? {}
  const next = same(value, param.value) ? rest : { ...rest, [param.path]: value }
  const { [rule]: __, ...others } = draft
  return Object.keys(next).length > 0 ? { ...others, [rule]: next } : others
}

export function toChanges(draft: Draft): RuleChange[] {
  return Object.entries(draft).map(([rule, params]) => ({ rule, params }))
}

export function toDraft(changes: RuleChange[]): Draft {
  return Object.fromEntries(changes.map(({ rule, params }) => [rule, params]))
}

/** The rule as it would be: for the sentence beside the form. */
export function applied(rule: RuleView, draft: Draft): Rule {
  const copy = structuredClone(rule.definition)
  for (const [path, value] of Object.entries(draft[rule.key] ?? {})) setAt(copy, path.split('.'), value)
  return copy
}

function setAt(target: unknown, path: string[], value: unknown): void {
  let at = target as Record<string, unknown>
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>
  const last = path.at(-1)
  if (last !== undefined) at[last] = value
}

/** What is wrong before the server is asked; keyed `rule.path` as the server's own complaints are. */
export function problemsOf(
  policy: Policy,
  draft: Draft,
  texts: { empty: string; range: (low: number, high: number) => string },
) {
  const problems: Record<string, string> = {}
  for (const { rule } of rulesOf(policy)) {
    for (const param of rule.params) {
      const value = valueOf(draft, rule.key, param)
      const key = `${rule.key}.${param.path}`
      if (value === null || value === undefined || (param.kind === 'choices' && same(value, [])))
        problems[key] = texts.empty
      else if (param.kind === 'count' && outside(param, value))
        problems[key] = texts.range(param.min ?? 0, param.max ?? 0)
    }
  }
  return problems
}

function outside({ min, max }: Param, value: unknown): boolean {
  const number = Number(value)
  return !Number.isInteger(number) || number < (min ?? number) || number > (max ?? number)
}

const prefixes: [RegExp, string][] = [
  [/^of\.grade$/, 'grade'],
  [/^of\.kind$/, 'case_kind'],
  [/\.per$/, 'per'],
  [/\.joins$/, 'joins'],
  [/\.festivals$/, 'festival'],
  [/^owner$/, 'owner'],
  [/^calendar$/, 'calendar'],
  [/^ladder$/, 'recipient'],
]

/** The word of an option or a value, by the place it stands at. */
export function optionWord(path: string, option: string): string {
  const prefix = prefixes.find(([place]) => place.test(path))?.[1]
  return prefix ? term(prefix, option) : option
}

/** A value as people read it, for the comparison of two versions. */
export function valueWords(path: string, value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'boolean') return value ? words('yes') : words('no')
  if (path === 'warnings') return shares(value as number[])
  if (path === 'ladder') return joined((value as Rung[]).map(rungWords))
  if (Array.isArray(value)) return joined(value.map((one) => optionWord(path, String(one))))
  if (typeof value === 'number') return count(value)
  if (path.endsWith('budget')) return spanWords(String(value))
  return optionWord(path, String(value))
}

function shares(values: number[]): string {
  return joined(values.map((share) => `${Math.round(share * 100)}%`))
}

function joined(parts: string[]): string {
  return parts.length === 0 ? words('none') : list(parts)
}
