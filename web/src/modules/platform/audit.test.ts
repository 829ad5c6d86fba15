import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lookup } from '@/i18n'
import { ACTIONS, ENTITIES } from './audit'
import { fieldWord, SILENT } from './changes'
import './words'

const server = join(import.meta.dirname, '../../../../crates/zhike')
const sources = readdirSync(join(server, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.rs') && !path.includes('tests') && path !== 'testing.rs')
  .map((path) => readFileSync(join(server, 'src', path), 'utf8').split('#[cfg(test)]')[0] ?? '')
  .filter((text) => text.includes('audit::'))

const found = (pattern: RegExp) =>
  [...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].flatMap((hit) => hit.slice(1))))].filter(
    (word): word is string => Boolean(word),
  )

it('has words for every action that the server writes down', () => {
  const written = [
    ...found(/(?:audit::)?record\(\s*tx,\s*[^"]{0,80}?,\s*"([a-z_]+)",\s*(?:Entity|entity|of\b)/g),
    ...found(/(?:move_on|settle|audited)\([^;"]*"([a-z_]+)"/g),
    ...found(/action: "([a-z_]+)"/g),
    ...found(/let action = if [^"]*"([a-z_]+)" \} else \{ "([a-z_]+)" \}/g),
  ]
  expect(written.length).toBeGreaterThan(25)
  expect(written.filter((action) => !lookup(`audit.action.${action}`))).toEqual([])
  expect(written.filter((action) => !ACTIONS.includes(action))).toEqual([])
  expect(ACTIONS.filter((action) => !lookup(`audit.action.${action}`))).toEqual([])
})

it('has words for every kind of record', () => {
  const kernel = readFileSync(join(server, 'src/kernel/permission.rs'), 'utf8')
  const entities = /Customer = "customer"[\s\S]*?\}/.exec(kernel)?.[0] ?? ''
  const words = [...entities.matchAll(/= "([a-z_]+)"/g)].map((hit) => hit[1])
  expect(words.length).toBeGreaterThan(10)
  expect(words.filter((word) => !lookup(`audit.entity.${word}`))).toEqual([])
  expect(ENTITIES.filter((word) => !words.includes(word))).toEqual([])
})

it('has words for every field that the server writes down', () => {
  const schemas = JSON.parse(readFileSync(join(server, 'openapi.json'), 'utf8')).components.schemas
  const fields = [
    ...found(/\.(?:field|set)\(\s*"([a-z_]+)",/g),
    ...found(/let (?:told|changes|entry)(?:: Value)? =\s*(?:serde_json::)?json!\(\{([^;]*)\}\);/g).flatMap((body) =>
      [...body.matchAll(/"([a-z_]+)":/g)].map((hit) => hit[1] ?? ''),
    ),
    ...Object.keys(schemas.CustomerPatch.properties),
    ...Object.keys(schemas.NewContact.properties),
  ]
  expect(fields.length).toBeGreaterThan(60)
  expect([...new Set(fields)].filter((field) => !SILENT.has(field) && fieldWord(field) === field)).toEqual([])
})
