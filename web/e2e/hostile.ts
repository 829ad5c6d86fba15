/** Thousands of hostile strings out of some hundred seeds, the same in every run. */
import { readFileSync } from 'node:fs'

const file = new URL('../../crates/zhike/src/tests/hostile.json', import.meta.url)
const seeds: string[] = JSON.parse(readFileSync(file, 'utf8')).strings

export const HOSTILE = 5_000

/** With the halves of pairs that stand alone replaced: addresses cannot hold them. */
export const wellFormed = (text: string) =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')

/** What people and programs do to a string on its way. */
const turns: ((seed: string, other: string) => string)[] = [
  (seed) => seed,
  (seed) => `客户${seed}`,
  (seed) => `${seed} Ltd`,
  (seed, other) => `${seed}${other}`,
  (seed) => seed.toUpperCase(),
  (seed) => [...seed].reverse().join(''),
  (seed) => encodeURIComponent(wellFormed(seed)),
  (seed) => `\u202e${seed}\u202c`,
  (seed) => [...seed].join('\u200b'),
  (seed) => seed.repeat(7),
  (seed, other) => `"${seed}","${other}"`,
  (seed) => `<b>${seed}</b>`,
  (seed) => seed.normalize('NFKC'),
  (seed) => JSON.stringify(seed),
  (seed) => `\u3000${seed}\u00a0`,
  (seed) => seed.replace(/[ -~]/g, (c) => (c === ' ' ? '\u3000' : String.fromCharCode(c.charCodeAt(0) + 0xfee0))),
  (seed) => `${seed}\n${seed}`,
  (seed) => `${'长'.repeat(300)}${seed}`,
  (seed) => `${seed}\u{d842}\u{dfb7}`,
  (seed) => `${seed}\ud800`,
  (seed) => `${seed}\udc00x`,
  (seed) => `${seed}${'\u0301'.repeat(40)}`,
  (seed) => `?${seed}&${seed}=1#`,
  (seed) => Buffer.from(seed).toString('base64'),
  (seed) => seed.slice(0, -1),
  (seed) => `=${seed}`,
  (seed) => `../${seed}`,
  (seed) => `<img src="${seed}" onerror=window.__hacked=1>`,
  (seed) => `' || '${seed}`,
  (seed) => `${seed}%00`,
  (seed) => `[${seed}](javascript:window.__hacked=1)`,
]

export function hostileStrings(): string[] {
  return Array.from({ length: HOSTILE }, (_, n) => {
    const seed = seeds[n % seeds.length] ?? ''
    const turn = turns[Math.floor(n / seeds.length) % turns.length] ?? turns[0]
    return turn?.(seed, seeds[(n * 7 + 3) % seeds.length] ?? '') ?? ''
  })
}

/** Some that are larger than anybody writes. */
export const HUGE = ['长'.repeat(200_000), '<b>'.repeat(60_000), '\u0301'.repeat(100_000), '('.repeat(100_000)]
