import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { draw } from '@/test-kit'
import { Lookup } from '.'

it('leaves its list closed until one types or clicks, though the form begins in it', async () => {
  const find = async () => [{ value: '1', label: '华盛机械' }]
  await draw(<Lookup label="客户" source="known" find={find} value={null} onChange={() => {}} autoFocus />)
  const field = await screen.findByRole('combobox', { name: '客户' })
  await waitFor(() => expect(document.activeElement).toBe(field))
  expect(field.getAttribute('aria-expanded')).toBe('false')
  await userEvent.type(field, '华')
  await screen.findByText('华盛机械')
  expect(field.getAttribute('aria-expanded')).toBe('true')
})

it('says that nothing was found once something was asked, and covers nothing before', async () => {
  const asked: string[] = []
  const find = async (text: string) => {
    asked.push(text)
    return []
  }
  await draw(<Lookup label="客户" source="nobody" find={find} value={null} onChange={() => {}} />)
  const field = await screen.findByRole('combobox', { name: '客户' })
  await waitFor(() => expect(asked).toEqual(['']))
  await userEvent.click(field)
  await waitFor(() => expect(field.getAttribute('aria-expanded')).toBe('true'))
  expect(screen.queryByText(/没有匹配项|正在加载/)).toBeNull()
  await userEvent.type(field, '查无')
  await screen.findByText('没有匹配项')
})
