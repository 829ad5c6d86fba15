import { describe, expect, it } from 'vitest'

const text = (found: Record<string, unknown>) => found as Record<string, string>
const sheets = text(import.meta.glob('../**/*.css', { eager: true, query: '?raw', import: 'default' }))
const sources = text(
  import.meta.glob(['../**/*.tsx', '!../**/*.test.tsx'], { eager: true, query: '?raw', import: 'default' }),
)

const classesIn = (css: string) => new Set([...css.matchAll(/\.([a-z][a-z-]*)/g)].map((found) => found[1] ?? ''))
const usedIn = (source: string) =>
  [...source.matchAll(/className="([^"]*)"/g)].flatMap((found) => (found[1] ?? '').split(' ').filter(Boolean))

/** Sheets that every page has: those of the kit's entry and of the shell. */
const always = ['./tokens.css', './base.css', '../app/shell.css']
/** Where a file stands: the kit, the shell, or one room. */
const roomOf = (path: string) => (path.startsWith('./') ? 'ui' : path.split('/').slice(1, 3).join('/'))

describe('style sheets', () => {
  it('that come with one chunk are not needed by another', () => {
    const base = new Set(always.flatMap((path) => [...classesIn(sheets[path] ?? '')]))
    const rooms = new Map<string, Set<string>>()
    for (const [path, css] of Object.entries(sheets)) {
      const known = rooms.get(roomOf(path)) ?? new Set()
      for (const name of classesIn(css)) known.add(name)
      rooms.set(roomOf(path), known)
    }
    const styled = new Set([...rooms.values()].flatMap((names) => [...names]))
    const astray = Object.entries(sources).flatMap(([path, source]) =>
      usedIn(source)
        .filter((name) => styled.has(name) && !base.has(name) && !rooms.get(roomOf(path))?.has(name))
        .map((name) => `${name} in ${path}`),
    )
    expect(astray).toEqual([])
  })
})
