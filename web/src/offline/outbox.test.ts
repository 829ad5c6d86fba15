import { beforeEach, describe, expect, it, vi } from 'vitest'
import { server } from '@/test-kit'
import { type Answer, flush, forget, type Kept, keep, kept, mergeKept } from './outbox'
import { correctAndSend, keepAndSend, sendKept } from './send'

const entry = (id: string, at: string, userId = 'u1'): Kept => ({
  id,
  userId,
  path: '/api/v1/customers/c1/interactions',
  body: { content: id },
  at,
  label: id,
})

beforeEach(async () => {
  for (const user of ['u1', 'u2']) for (const one of await kept(user)) await forget(one.id)
})

describe('outbox', () => {
  it('keeps, orders by time, and shows each person only their own', async () => {
    await keep(entry('b', '2026-11-23T02:00:00Z'))
    await keep(entry('a', '2026-11-23T01:00:00Z'))
    await keep(entry('c', '2026-11-23T01:00:00Z', 'u2'))
    expect((await kept('u1')).map((one) => one.id)).toEqual(['a', 'b'])
  })

  it('sends once, in order, and forgets what was accepted', async () => {
    await keep(entry('b', '2026-11-23T02:00:00Z'))
    await keep(entry('a', '2026-11-23T01:00:00Z'))
    const sent: string[] = []
    const send = async (one: Kept): Promise<Answer> => {
      sent.push(one.id)
      return 'accepted'
    }
    // Two callers at the same time, as when the timer and the event `online` meet.
    await Promise.all([flush('u1', send), flush('u1', send)])
    expect(sent).toEqual(['a', 'b'])
    expect(await kept('u1')).toEqual([])
  })

  it('stops at the first sign that the network is not back, and loses nothing', async () => {
    await keep(entry('a', '2026-11-23T01:00:00Z'))
    await keep(entry('b', '2026-11-23T02:00:00Z'))
    const send = vi.fn(async (): Promise<Answer> => 'later')
    expect(await flush('u1', send)).toBe(0)
    expect(send).toHaveBeenCalledOnce()
    expect(await kept('u1')).toHaveLength(2)
  })

  it('keeps a refused record with the reason and does not send it again by itself', async () => {
    await keep(entry('a', '2026-11-23T01:00:00Z'))
    await keep(entry('b', '2026-11-23T02:00:00Z'))
    const send = vi.fn(async (one: Kept): Promise<Answer> => (one.id === 'a' ? { refused: '太长了' } : 'accepted'))
    expect(await flush('u1', send)).toBe(1)
    expect(await kept('u1')).toMatchObject([{ id: 'a', refused: '太长了' }])
    await flush('u1', send)
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('uses the id as the idempotency key', async () => {
    const calls = server(() => ({ status: 201, body: { id: 'i1' } }))
    expect(await keepAndSend(entry('key-1', '2026-11-23T01:00:00Z'))).toEqual({ accepted: { id: 'i1' } })
    expect(calls.map((one) => one.headers.get('Idempotency-Key'))).toEqual(['key-1'])
  })

  it('waits when there is no network, no session or no room', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')))
    expect(await keepAndSend(entry('x', '2026-11-23T01:00:00Z'))).toBe('later')
    for (const status of [401, 429, 503]) {
      server(() => ({ status, body: { status, code: 'busy' } }))
      expect(await sendKept(entry('x', ''))).toBe('later')
    }
    server(() => ({ status: 422, body: { status: 422, code: 'invalid' } }))
    expect(await sendKept(entry('x', ''))).toEqual({ refused: '有内容需要修改' })
  })

  it('sends files after their record, each once, and goes on where it was', async () => {
    const file = (key: string) => ({ key, name: `${key}.png`, type: 'image/png', data: new ArrayBuffer(4) })
    const entry_ = { ...entry('visit', '2026-11-23T01:00:00Z'), files: [file('f1'), file('f2')] }
    let reach = true
    const calls = server(({ path }) => {
      if (!path.includes('/attachments')) return { status: 201, body: { id: 'i1' } }
      const first = reach
      reach = false
      return first ? { status: 201, body: {} } : { status: 503, body: { status: 503, code: 'busy' } }
    })
    expect(await keepAndSend(entry_)).toEqual({ accepted: { id: 'i1' } })
    expect(await kept('u1')).toMatchObject([{ id: 'visit', files: [{ key: 'f2' }] }])
    reach = true
    expect(await flush('u1', sendKept)).toBe(1)
    expect(await kept('u1')).toEqual([])
    const keys = calls.map((one) => one.headers.get('Idempotency-Key'))
    expect(keys).toEqual(['visit', 'f1', 'f2', 'f2'])
    expect(calls[1]?.path).toBe('/api/v1/customers/c1/attachments')
    expect(Object.fromEntries(calls[1]?.search ?? [])).toEqual({ of_kind: 'interaction', of_id: 'i1' })
  })

  it('keeps a file that is not taken, with the reason, and not the record again', async () => {
    const files = [{ key: 'f1', name: '照片.png', type: 'image/png', data: new ArrayBuffer(4) }]
    const calls = server(({ path }) =>
      path.includes('/attachments')
        ? { status: 422, body: { status: 422, code: 'invalid' } }
        : { status: 201, body: { id: 'i1' } },
    )
    expect(await keepAndSend({ ...entry('visit', '2026-11-23T01:00:00Z'), files })).toEqual({ accepted: { id: 'i1' } })
    const [left] = await kept('u1')
    expect(left?.refused).toContain('照片.png')
    expect(left?.filesTo).toContain('of_id=i1')
    await flush('u1', sendKept)
    expect(calls).toHaveLength(2)
  })

  it('puts a corrected record in the place of the refused one', async () => {
    server(() => ({ status: 422, body: { status: 422, code: 'invalid' } }))
    const refused = await keepAndSend(entry('wrong', '2026-11-23T01:00:00Z'))
    expect(refused).toMatchObject({ refused: '有内容需要修改' })
    expect((await kept('u1')).map((one) => one.refused)).toEqual(['有内容需要修改'])
    const calls = server(() => ({ status: 201, body: {} }))
    expect(await correctAndSend('wrong', entry('right', '2026-11-23T01:01:00Z'))).toEqual({ accepted: {} })
    expect(calls.map((one) => one.headers.get('Idempotency-Key'))).toEqual(['right'])
    expect(await kept('u1')).toEqual([])
  })

  it('merges pending and stored records without doubling', () => {
    const stored = [
      { key: 'a', at: '2026-11-23T03:00:00Z' },
      { key: null, at: '2026-11-22T00:00:00Z' },
    ]
    const pending = [
      { key: 'a', at: '2026-11-23T03:00:00Z' },
      { key: 'b', at: '2026-11-23T04:00:00Z' },
    ]
    expect(mergeKept(stored, pending).map((one) => one.key)).toEqual(['b', 'a', null])
  })
})
