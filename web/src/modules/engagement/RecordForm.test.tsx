import { fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { forget, kept } from '@/api'
import { draw, server } from '@/test-kit'
import './messages'
import { type Recorded, RecordForm } from './RecordForm'
import { startOfCustomer, startOfKept } from './record'

const me = {
  id: 'u1',
  name: '李思远',
  login: 'li',
  roles: [],
  permissions: {},
  fields: {},
  company: { name: '启明', time_zone: 'Asia/Shanghai' },
  unread: 0,
  now: new Date().toISOString(),
}
const people = {
  items: [{ id: 'p1', name: '陈国强', position: '总经理', decision_maker: true, primary: true, left: false }],
}

async function form(start: ReturnType<typeof startOfCustomer>, more: Partial<Parameters<typeof RecordForm>[0]> = {}) {
  const done = vi.fn<(recorded: Recorded) => void>()
  const view = await draw(<RecordForm start={start} onDone={done} {...more} />)
  view.client.setQueryData(['me'], me)
  return { ...view, done }
}

const content = () => screen.findByRole('textbox', { name: /说了什么/ })

beforeEach(async () => {
  for (const entry of await kept('u1')) await forget(entry.id)
})

describe('where the form stands', () => {
  it('it comes into view below its row, and a dialog stays at its top', async () => {
    server(() => ({ body: people }))
    const scroll = vi.spyOn(Element.prototype, 'scrollIntoView')
    const dialog = await form(startOfCustomer({ id: 'c6', name: '远洋物流' }))
    await content()
    expect(scroll.mock.contexts.some((place) => (place as Element).className === 'record-form')).toBe(false)
    dialog.unmount()
    await form(startOfCustomer({ id: 'c6', name: '远洋物流' }), { inline: true })
    await content()
    expect(scroll.mock.contexts.some((place) => (place as Element).className === 'record-form')).toBe(true)
    scroll.mockRestore()
  })
})

describe('the record of a contact', () => {
  it('is sent by Enter, with the contact and the way guessed', async () => {
    const calls = server(({ method }) =>
      method === 'GET' ? { body: people } : { status: 201, body: { id: 'i1', kind: 'wechat', late: false } },
    )
    const { done } = await form(startOfCustomer({ id: 'c1', name: '华盛机械' }))
    await screen.findByDisplayValue('陈国强 · 总经理')
    fireEvent.change(await content(), { target: { value: '微信聊了备件' } })
    fireEvent.keyDown(await content(), { key: 'Enter' })
    await waitFor(() => expect(done).toHaveBeenCalled())
    const sent = calls.find((call) => call.method === 'POST')
    expect(sent?.path).toBe('/api/v1/customers/c1/interactions')
    expect(sent?.body).toMatchObject({ kind: 'wechat', content: '微信聊了备件', contact_id: 'p1' })
    expect(await kept('u1')).toEqual([])
  })

  it('does not send while an input method composes, nor on Shift+Enter', async () => {
    const calls = server(() => ({ body: people }))
    await form(startOfCustomer({ id: 'c2', name: '瑞丰食品' }))
    fireEvent.change(await content(), { target: { value: '等预算' } })
    fireEvent.keyDown(await content(), { key: 'Enter', isComposing: true })
    fireEvent.keyDown(await content(), { key: 'Enter', shiftKey: true })
    expect(calls.filter((call) => call.method === 'POST')).toEqual([])
  })

  it('is kept without a network', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
    const { done } = await form(startOfCustomer({ id: 'c3', name: '恒泰电子' }))
    fireEvent.change(await content(), { target: { value: '等预算' } })
    fireEvent.keyDown(await content(), { key: 'Enter' })
    await waitFor(() => expect(done).toHaveBeenCalled())
    expect(done.mock.calls[0]?.[0].sent).toBe('later')
    expect((await kept('u1')).map((entry) => entry.label)).toEqual(['恒泰电子 · 电话'])
  })

  it('stays open with the reason when it is refused, and replaces the refused one when corrected', async () => {
    let refuse = true
    server(({ method }) => {
      if (method === 'GET') return { body: people }
      const problem = { status: 422, code: 'invalid', fields: [{ field: 'content', code: 'too_long' }] }
      return refuse ? { status: 422, body: problem } : { status: 201, body: { id: 'i1' } }
    })
    const { done } = await form(startOfCustomer({ id: 'c4', name: '江南纺织' }))
    fireEvent.change(await content(), { target: { value: '太长' } })
    fireEvent.keyDown(await content(), { key: 'Enter' })
    await screen.findByText('太长了')
    const [refused] = await kept('u1')
    expect(refused?.refused).toBeTruthy()
    refuse = false
    fireEvent.change(await content(), { target: { value: '短' } })
    fireEvent.keyDown(await content(), { key: 'Enter' })
    await waitFor(() => expect(done).toHaveBeenCalled())
    expect(await kept('u1')).toEqual([])
  })

  it('opens a refused record as it was typed', async () => {
    server(() => ({ body: people }))
    const entry = {
      id: 'k9',
      userId: 'u1',
      path: '/api/v1/customers/c5/interactions',
      body: { kind: 'visit', at: '2026-11-20T01:00:00Z', content: '到厂参观' },
      at: '2026-11-20T02:00:00Z',
      label: '远洋物流 · 拜访',
      refused: '没有找到，可能已被删除或你没有查看权限',
    }
    await form(startOfKept(entry), { corrects: entry })
    expect(await content()).toHaveProperty('value', '到厂参观')
    screen.getByText(entry.refused)
    expect(screen.getByRole('radio', { name: '拜访' })).toHaveProperty('checked', true)
  })
})
