/**
 * What the company owes to the people in its archive (R4-5): they consent and withdraw in a few clicks, ask for a copy and
 * get one that is theirs alone, and are erased when they ask for it; each request is a duty until it is answered.
 */
import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, looked, openBrowser, openWindow, tour, type View } from '../browser'
import { alsoIs, choose, filtered, found, api as from, type Listed, type Named, until } from '../company'
import { type Server, startServer } from '../server'

/** Monday 2026-11-23, 09:30 in Shanghai. */
const START = '2026-11-23T01:30:00Z'

let server: Server
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]
let customer = ''

beforeAll(async () => {
  server = await startServer(START)
  browser = await openBrowser()
  const window = await openWindow(browser, server.url, DESK)
  context = window.context
  page = window.page
  complaints = window.complaints
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const api = <T>(path: string, body?: object) => from<T>(page, path, body)
const dialog = (name: string) => page.getByRole('dialog', { name })
/** Beside a customer: what a person has answered so far. */
const consents = (name: string) => page.locator('.consent-person', { hasText: name })
const duties = async () => {
  const { items } = await api<Listed<{ state: string }>>(`/duties?${filtered(['rule', 'eq', 'subject-request'])}`)
  return items.map(({ state }) => state).sort()
}

/** Writes down what a contact of the company asks, on the register's page. */
async function ask(name: string, kind: string, words: string) {
  await page.goto('/settings/requests')
  await page.getByRole('button', { name: '登记请求' }).first().click()
  const form = dialog('登记请求')
  await choose(form, '客户', /华盛机械/, '华盛')
  await choose(form, '联系人', name)
  await choose(form, '要求', kind)
  await form.getByLabel('对方的要求').fill(words)
  await looked(page, `request-new-${kind}`)
  await form.getByRole('button', { name: '保存' }).click()
  await form.waitFor({ state: 'detached' })
}

/** Opens the request and writes down how the person was recognised. */
async function recognise(name: string) {
  await page.getByRole('button', { name, exact: true }).click()
  const box = page.getByRole('dialog', { name: new RegExp(name) })
  await box.getByLabel('看到了什么').fill('回拨后本人接听')
  await box.getByRole('button', { name: '已核实' }).click()
  return box
}

describe.sequential('what is owed to the people in the archive', () => {
  test('a company knows three people of a customer, one of whom is spoken of in a record', async () => {
    await found(page, server.setupLink)
    await api('/policies/adopt', { keys: ['R4'] })
    // To hand out what is known of somebody is not everybody's right.
    await alsoIs(page, 'data_steward')
    const contacts = [
      { name: '张伟', phone: '13912341234', decision_maker: true },
      { name: '李娜', phone: '13712341234', wechat: 'lina-88' },
      { name: '陈强' },
    ]
    const made = await api<Named>('/customers', { name: '上海华盛机械有限公司', contacts })
    customer = made.id
    const content = '与李娜通话，她的手机是13712341234，月底前给报价。'
    await api(`/customers/${customer}/interactions`, { kind: 'phone', at: '2026-11-23T01:00:00Z', content })
  })

  test('consent is written down with its proof, and withdrawn in three clicks', async () => {
    await page.goto(`/customers/${customer}`)
    await consents('张伟').click()
    const box = dialog('张伟：同意')
    // On what basis they were entered stands above; this is about offers.
    const offers = box.locator('.consent-purposes li', { hasText: '营销推广' })
    await offers.getByRole('button', { name: '登记同意' }).click()
    await box.getByLabel('佐证').fill('微信 11-23 回复“可以”')
    await looked(page, 'consent-give')
    await offers.getByRole('button', { name: '登记同意' }).click()
    await offers.getByText('已同意').waitFor()
    await looked(page, 'consent-given')
    await page.keyboard.press('Escape')
    await consents('张伟').click()
    await offers.getByRole('button', { name: '撤回同意' }).click()
    await looked(page, 'consent-withdraw')
    await offers.getByRole('button', { name: '撤回同意' }).last().click()
    await offers.getByText('已撤回', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    type Answer = { purpose: string; decision: string }
    const { history } = await api<{ history: Answer[] }>(`/customers/${customer}/consents`)
    const told = history.filter(({ purpose }) => purpose === 'marketing')
    expect(told.map(({ decision }) => decision)).toEqual(['withdrawn', 'given'])
  })

  test('who asks for a copy gets one that is theirs alone, and the duty is met', async () => {
    await ask('张伟', '查阅、复制', '想知道你们存了我的哪些信息')
    expect(await duties()).toEqual(['open'])
    const box = await recognise('张伟')
    await box.getByRole('button', { name: '答复：已办理' }).waitFor()
    await looked(page, 'request-known')
    const [copy] = await Promise.all([
      page.waitForEvent('download'),
      box.getByRole('button', { name: '下载副本' }).click(),
    ])
    expect(copy.suggestedFilename()).toMatch(/\.json$/)
    const content = readFileSync(await copy.path(), 'utf8')
    expect(content).toContain('13912341234')
    expect(content).not.toMatch(/李娜|13712341234|陈强/)
    await box.getByRole('button', { name: '答复：已办理' }).click()
    await box.getByLabel('告诉对方办了什么').fill('已把副本用邮件发给本人')
    await box.getByRole('button', { name: '记录答复' }).click()
    await box.waitFor({ state: 'detached' })
    await until('the duty', async () => (await duties()).join() === 'met')
  })

  test('who asks to be deleted is gone everywhere, and the page says so', async () => {
    await ask('李娜', '删除', '请删除我的手机号和微信，不再联系')
    const box = await recognise('李娜')
    await box.getByRole('button', { name: '彻底删除' }).waitFor()
    await looked(page, 'erase-ask')
    await box.getByRole('button', { name: '彻底删除' }).click()
    await box.getByLabel('告诉对方办了什么').fill('已删除全部个人信息')
    await looked(page, 'erase-answer')
    await box.getByRole('button', { name: '彻底删除' }).click()
    await box.waitFor({ state: 'detached' })
    await until('the end of it', async () => {
      const { items } = await api<Listed<{ state: string }>>('/subject_requests')
      return items.every(({ state }) => state === 'fulfilled')
    })
    await page.goto('/settings/requests?view=all')
    await page.getByRole('row', { name: /已删除.*已办理/ }).waitFor()
    await looked(page, 'erase-list')
    await page.getByRole('button', { name: '（已删除）' }).click()
    await page.getByText('已彻底删除').waitFor()
    await looked(page, 'erase-done')
    expect(await duties()).toEqual(['met', 'met'])
    const { items } = await api<Listed<{ content: string }>>('/interactions')
    expect(items[0]?.content).toContain('月底前给报价')
    expect(items[0]?.content).not.toMatch(/李娜|13712341234/)
    await page.goto(`/customers/${customer}`)
    await consents('张伟').waitFor()
    await looked(page, 'erase-customer')
    expect(await page.locator('body').textContent()).not.toContain('李娜')
    for (const trace of ['李娜', '13712341234', 'lina-88']) {
      expect((await api<Listed<unknown>>(`/search?q=${encodeURIComponent(trace)}`)).items, trace).toEqual([])
    }
  })

  test('the same pages in both languages and at both widths', async () => {
    const { items } = await api<Listed<{ id: string; kind: string }>>('/subject_requests')
    const open = items.map(({ id }) => `/settings/requests?view=all&open=${id}`)
    const views: View[] = [
      { width: 1440, locale: 'en', theme: 'dark' },
      { width: 390, locale: 'zh', theme: 'light' },
      { width: 390, locale: 'en', theme: 'light' },
    ]
    const paths = [
      '/settings/requests?view=all',
      ...open,
      '/settings/purposes',
      `/customers/${customer}`,
      '/settings/audit',
    ]
    const faults: string[] = []
    for (const view of views) faults.push(...(await tour(browser, server.url, view, context, paths)))
    expect(faults).toEqual([])
  })

  test('nothing on the way made the page complain', () => {
    expect(complaints).toEqual([])
  })
})
