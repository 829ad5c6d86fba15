/**
 * A dictionary of one room. Chinese is the type: English must carry exactly the same keys, or the build fails.
 * Sentences are written without plurals; `{name}` marks a parameter and is checked at the call.
 */
export type Locale = 'zh' | 'en'

type ParamNames<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | ParamNames<Rest> : never
type Params<S extends string> = Record<ParamNames<S>, string | number>
type Args<S extends string> = [ParamNames<S>] extends [never] ? [] : [params: Params<S>]

export type Dictionary<Z extends Record<string, string>> = { zh: Z; en: Record<keyof Z, string> }
export type Translate<Z extends Record<string, string>> = <K extends keyof Z>(key: K, ...args: Args<Z[K]>) => string

const registered: Dictionary<Record<string, string>>[] = []
const listeners = new Set<() => void>()
let current: Locale = 'zh'

export function locale(): Locale {
  return current
}

export function setLocale(next: Locale): void {
  if (next === current) return
  current = next
  for (const listener of listeners) listener()
}

export function onLocale(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function fill(text: string, params: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole))
}

/** Declares a dictionary and answers its `t`. */
export function define<const Z extends Record<string, string>>(dictionary: Dictionary<Z>): Translate<Z> {
  registered.push(dictionary)
  return (key, ...args) => fill(dictionary[current][key], args[0])
}

let learned: Record<Locale, Record<string, string>> = { zh: {}, en: {} }

/** Takes in the words of what the company has named itself, in place of those it had before. */
export function learn(words: Record<Locale, Record<string, string>>): void {
  learned = words
}

/** A text whose key comes from the server; `undefined` when no room knows it. */
export function lookup(key: string, params?: Record<string, unknown>): string | undefined {
  const own = learned[current][key]
  if (own !== undefined) return own
  for (const dictionary of registered) {
    const text = dictionary[current][key]
    if (text !== undefined) return fill(text, plain(params))
  }
  return undefined
}

/** What may stand in a text: plain values, lists of them, and texts that the server keeps in both languages. */
function plain(params: Record<string, unknown> = {}): Record<string, string | number> {
  const entries = Object.entries(params).map(([name, value]) => [name, inLocale(value)] as const)
  const usable = entries.filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(usable) as Record<string, string | number>
}

function inLocale(value: unknown): unknown {
  if (Array.isArray(value)) return value.join(current === 'zh' ? '、' : ', ')
  return typeof value === 'object' && value !== null && current in value
    ? (value as Record<Locale, unknown>)[current]
    : value
}

/** Every dictionary declared so far, for the completeness test. */
export function dictionaries(): readonly Dictionary<Record<string, string>>[] {
  return registered
}
