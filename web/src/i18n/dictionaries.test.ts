import { describe, expect, it } from 'vitest'
import { manifests } from '@/app/registry'
import '@/app/outside-words'
import { dictionaries, lookup } from '.'

// Words that are loaded with a page are checked as well.
import.meta.glob('../modules/*/{words,words/*,vocabulary,messages}.ts', { eager: true })

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()

/** The others are only said by the room that has them. */
const LOOKED_UP =
  /^(error|notification|duty|kind|timeline|field|grade|interaction|fact|act|per|festival|owner|recipient|calendar|chapter|joins|quota|deadline|unit|measure|builtin|audit|job)\./

describe('dictionaries', () => {
  it('are complete in both languages, with the same parameters', () => {
    expect(manifests.length).toBeGreaterThan(1)
    for (const { zh, en } of dictionaries()) {
      expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
      for (const [key, text] of Object.entries(zh)) {
        expect(text, key).not.toBe('')
        expect(en[key], key).not.toBe('')
        expect(placeholders(en[key] ?? ''), key).toEqual(placeholders(text))
      }
    }
  })
  it('leave no Chinese in the English texts', () => {
    for (const { en } of dictionaries()) {
      for (const [key, text] of Object.entries(en)) expect(text, key).not.toMatch(/\p{Script=Han}/u)
    }
  })
  it('agree where two rooms use the same key that is looked up by what the server sends', () => {
    const seen = new Map<string, string>()
    for (const { zh } of dictionaries()) {
      for (const [key, text] of Object.entries(zh).filter(([name]) => LOOKED_UP.test(name))) {
        expect(seen.get(key) ?? text, `${key} means two things`).toBe(text)
        seen.set(key, text)
      }
    }
  })
  it('answer undefined for a key nobody knows', () => {
    expect(lookup('no.such.key')).toBeUndefined()
    expect(lookup('error.request_id', { id: 'r1' })).toBe('编号 r1')
  })
  it('list several values as the language does', () => {
    expect(lookup('error.request_id', { id: ['华盛机械', '瑞丰食品'] })).toBe('编号 华盛机械、瑞丰食品')
  })
})
