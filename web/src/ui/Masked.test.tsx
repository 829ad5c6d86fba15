import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { draw } from '@/test-kit'
import { Masked } from './Masked'

const reveal = vi.fn(async () => ({ value: '13812345678', until: '2026-11-23T00:00:30Z' }))

async function ask(reason: string) {
  if (!screen.queryByLabelText('查看原因')) fireEvent.click(screen.getByRole('button', { name: '查看电话' }))
  const field = await screen.findByLabelText('查看原因')
  fireEvent.change(field, { target: { value: reason } })
  await act(async () => {
    fireEvent.submit(field.closest('form') as HTMLFormElement)
  })
}

beforeEach(() => {
  reveal.mockClear()
  vi.useFakeTimers({ shouldAdvanceTime: true })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('Masked', () => {
  it('needs a reason, shows the value for 30 seconds, then hides it', async () => {
    await draw(<Masked recordId="c1" label="电话" masked="138****5678" onReveal={reveal} />)
    await ask('')
    expect(reveal).not.toHaveBeenCalled()
    await ask('回访')
    expect(reveal).toHaveBeenCalledWith('回访')
    await screen.findByText('13812345678')
    for (let second = 0; second < 31; second += 1) await act(() => vi.advanceTimersByTimeAsync(1000))
    expect(screen.queryByText('13812345678')).toBeNull()
    expect(screen.getByText('138****5678')).toBeTruthy()
  })

  it('dials a number without its blanks, once it has been revealed', async () => {
    reveal.mockResolvedValueOnce({ value: '138 1234-5678', until: '2026-11-23T00:00:30Z' })
    await draw(<Masked recordId="c1" label="电话" masked="138****5678" onReveal={reveal} tel />)
    expect(screen.queryByRole('link')).toBeNull()
    await ask('回访')
    expect((await screen.findByRole('link', { name: '拨打 电话' })).getAttribute('href')).toBe('tel:13812345678')
  })

  it('offers nothing to those who may not reveal', async () => {
    await draw(<Masked recordId="c1" label="电话" masked="138****5678" />)
    expect(screen.queryByRole('button')).toBeNull()
  })
})
