import { expect, it } from 'vitest'
import { fileSize } from './upload'

it('tells sizes as people read them', () => {
  expect([0, 1023, 1024, 15_500, 1_500_000, 209_715_200].map(fileSize)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KB',
    '15 KB',
    '1.4 MB',
    '200 MB',
  ])
})
