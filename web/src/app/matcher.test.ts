import { expect, it } from 'vitest'
import { loadMatcher, plainMatch } from './matcher'

it('finds Latin by the start of a word and Chinese anywhere', () => {
  expect(plainMatch('Start page', 'art')).toBe(false)
  expect(plainMatch('Start page', 'pa')).toBe(true)
  expect(plainMatch('导入客户', '客户')).toBe(true)
  expect(plainMatch('import xlsx 批量', 'xl')).toBe(true)
})

it('finds Chinese by pinyin and initials, and reads no pinyin into Latin words', async () => {
  const matches = await loadMatcher()
  expect(matches('导入客户', 'daoru')).toBe(true)
  expect(matches('导入客户', 'drkh')).toBe(true)
  expect(matches('hours time zone 时区', 'sq')).toBe(true)
  expect(matches('to-do todo', 'tt')).toBe(false)
  expect(matches('导入客户', 'xyz')).toBe(false)
})
