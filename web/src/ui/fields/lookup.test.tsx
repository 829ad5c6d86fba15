import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { draw } from '@/test-kit'
import { Lookup } from '.'

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
