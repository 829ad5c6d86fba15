import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lookup, setLocale } from '@/i18n'
import './words'

const server = join(import.meta.dirname, '../../../../crates/zhike/src/customers/export/columns.rs')
const columns = readFileSync(server, 'utf8')
const heads = [
  ...columns.matchAll(/column\("(\w+)", "[^"]+", "([^"]+)"/g),
  ...columns.matchAll(/key: "(\w+)",\s*zh: "[^"]+",\s*en: "([^"]+)"/g),
].map(([, key = '', head]) => ({ key, head }))

it('heads the columns of English sheets with the words of the console', () => {
  setLocale('en')
  const known = heads.filter(({ key }) => lookup(`field.${key}`))
  expect(known.length).toBeGreaterThan(30)
  // Away from the console it must be said whose number, name, type and department it is.
  const words = (key: string) => {
    const word = lookup(`field.${key}`) ?? ''
    return [word, `Customer ${word.toLowerCase()}`, `Owner ${word.toLowerCase()}`]
  }
  expect(known.filter(({ key, head = '' }) => !words(key).includes(head))).toEqual([])
})
