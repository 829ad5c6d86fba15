import { describe, expect, it, vi } from 'vitest'
import { server } from '@/test-kit'
import { api, call, idempotent, ifMatch, onSessionLost } from './client'
import { Offline, Problem } from './problem'

const body = { name: '华盛' }

describe('client', () => {
  it('gives every POST an idempotency key, and keeps the one it is given', async () => {
    const calls = server(() => ({ body: {} }))
    await call(api.POST('/api/v1/customers', { body }))
    await call(api.POST('/api/v1/customers', { body }))
    await call(api.POST('/api/v1/customers', { body, headers: idempotent('k1') }))
    const keys = calls.map((one) => one.headers.get('Idempotency-Key'))
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[0]).not.toBe(keys[1])
    expect(keys[2]).toBe('k1')
  })

  it('sends the version it saw', async () => {
    const calls = server(() => ({ body: {} }))
    await call(api.PATCH('/api/v1/customers/{id}', { params: { path: { id: 'c1' }, header: ifMatch(3) }, body }))
    expect(calls[0]?.headers.get('If-Match')).toBe('"3"')
    expect(calls[0]?.headers.has('Idempotency-Key')).toBe(false)
  })

  it('translates problems by their code, with errors on the fields', async () => {
    server(() => ({
      status: 422,
      body: {
        status: 422,
        code: 'invalid',
        fields: [
          { field: 'name', code: 'taken' },
          { field: 'x', code: 'odd', message: 'odd indeed' },
        ],
      },
    }))
    const problem = await call(api.POST('/api/v1/customers', { body })).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect((problem as Problem).fields).toEqual({ name: '已被使用', x: 'odd indeed' })
    expect((problem as Problem).message).toBe('有内容需要修改')
  })

  it('names the request when the fault is ours', async () => {
    server(() => ({ status: 500, body: { status: 500, code: 'boom', request_id: 'r-7' } }))
    await expect(call(api.GET('/api/v1/me'))).rejects.toThrow('编号 r-7')
  })

  it('falls back to the status when the code is new', async () => {
    server(() => ({ status: 412, body: { status: 412, code: 'brand_new' } }))
    await expect(call(api.GET('/api/v1/me'))).rejects.toThrow('刚被别人修改过')
  })

  it('tells when the session is lost, but not for a wrong password', async () => {
    const lost = vi.fn()
    const stop = onSessionLost(lost)
    server(() => ({ status: 401, body: { status: 401, code: 'login.wrong' } }))
    await expect(call(api.POST('/api/v1/session', { body: { login: 'a', password: 'b' } }))).rejects.toThrow(
      '登录名或密码不对',
    )
    expect(lost).not.toHaveBeenCalled()
    await expect(call(api.GET('/api/v1/customers'))).rejects.toThrow()
    expect(lost).toHaveBeenCalledOnce()
    stop()
  })

  it('says that it never reached the server', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(call(api.GET('/api/v1/me'))).rejects.toBeInstanceOf(Offline)
  })
})
