import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { Offline, Problem } from '@/api/problem'
import { draw } from '@/test-kit'
import { Form, required, useForm } from './Form'
import { Text } from './fields/text'

type Values = { name: string; note: string }

function Sample({ submit }: { submit: (values: Values, key: string) => Promise<unknown> }) {
  const form = useForm<Values>({ initial: { name: '', note: '' }, check: required<Values>({ name: '名称' }), submit })
  return (
    <Form form={form} labels={{ hidden: '看不见的' }}>
      <Text label="名称" {...form.bind('name')} />
      <Text label="备注" {...form.bind('note')} />
    </Form>
  )
}

const name = () => screen.getByLabelText<HTMLInputElement>('名称')
const save = () => screen.getByRole('button', { name: '保存' })

describe('Form', () => {
  it('checks before it sends and puts the focus on the first error', async () => {
    const user = userEvent.setup()
    const submit = vi.fn()
    await draw(<Sample submit={submit} />)
    await user.click(save())
    expect(submit).not.toHaveBeenCalled()
    expect(screen.getByText('请填写名称')).toBeTruthy()
    await waitFor(() => expect(document.activeElement).toBe(name()))
    await user.type(name(), '华')
    expect(screen.queryByText('请填写名称')).toBeNull()
  })

  it('shows the problems of the server on their fields and keeps every text', async () => {
    const user = userEvent.setup()
    const fields = [
      { field: 'name', code: 'taken' },
      { field: 'hidden', code: 'required' },
    ]
    await draw(<Sample submit={() => Promise.reject(new Problem({ status: 422, code: 'invalid', fields }))} />)
    await user.type(name(), '华盛')
    await user.type(screen.getByLabelText('备注'), '很长的一段话')
    await user.click(save())
    await screen.findByText('已被使用')
    expect(screen.getByText('看不见的: 请填写')).toBeTruthy()
    expect(name().value).toBe('华盛')
    expect(screen.getByLabelText<HTMLInputElement>('备注').value).toBe('很长的一段话')
  })

  it('repeats a submission that got no answer under the same key, and another one under a new key', async () => {
    const user = userEvent.setup()
    const keys: string[] = []
    const outcomes = [
      () => Promise.reject(new Offline()),
      () => Promise.reject(new Problem({ status: 409, code: 'conflict' })),
      () => Promise.resolve(),
    ]
    await draw(
      <Sample
        submit={(_, key) => {
          keys.push(key)
          return outcomes[keys.length - 1]?.() ?? Promise.resolve()
        }}
      />,
    )
    await user.type(name(), '华盛')
    await user.click(save())
    await screen.findByText(/连不上服务器/)
    await user.click(save())
    await screen.findByText('与已有的记录冲突')
    await user.click(save())
    await waitFor(() => expect(keys).toHaveLength(3))
    expect(keys[0]).toBe(keys[1])
    expect(keys[1]).not.toBe(keys[2])
  })
})
