import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookup } from '@/i18n'
import { progressWords } from './duty-words'
import './vocabulary'

const folder = join(process.cwd(), '../policies')
const policies = readdirSync(folder)
  .map((file) => readFileSync(join(folder, file), 'utf8'))
  .join('\n')
  // What a fact must say of itself has words of its own.
  .replaceAll(/where = \{[^}]*\}/g, '')

/** What stands in quotes after a key of the policy files, alone or in a list. */
const wordsOf = (key: string) =>
  [...policies.matchAll(new RegExp(`\\b${key} = (\\[[^\\]]*\\]|"[^"]*")`, 'g'))].flatMap((found) =>
    [...(found[1] ?? '').matchAll(/"([^"]+)"/g)].map((word) => word[1] ?? ''),
  )

describe('the vocabulary', () => {
  it.each([
    ['what', 'quota'],
    ['facts', 'act'],
    ['stop', 'act'],
    ['owner', 'owner'],
    ['to', 'recipient'],
    ['per', 'per'],
    ['festivals', 'festival'],
    ['chapter', 'chapter'],
    ['calendar', 'calendar'],
  ])('has a word for every %s of the policy files', (key, prefix) => {
    const words = [...new Set(wordsOf(key))]
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) expect(lookup(`${prefix}.${word}`), `${prefix}.${word}`).toBeDefined()
  })

  it('has a word for every condition of the policy files', () => {
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    const conditions = [...files.join('\n').matchAll(/where = \{ (\w+) = \[([^\]]*)\] \}/g)]
    expect(conditions.length).toBeGreaterThan(0)
    for (const [, name, values] of conditions)
      for (const [, value] of values?.matchAll(/"(\w+)"/g) ?? [])
        expect(lookup(`where.${name}.${value}`), `where.${name}.${value}`).toBeDefined()
  })

  it('says what a rule that asks for one act a period is about', () => {
    const progress = [{ what: 'done', have: 0, need: 1 }]
    expect(progressWords({ rule: 'archive-verification', progress })).toBe('核对 0/1')
    expect(progressWords({ rule: 'own-rule', progress })).toBe('完成 0/1')
  })
})
