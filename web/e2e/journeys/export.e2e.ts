/**
 * What leaves the house (R2-7.1): a salesperson exports more than is free in a day, a second person agrees, the file is
 * fetched once, says whose it is wherever it turns up, and who saw the customer and what was unusual can be told.
 */
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, looked, openBrowser, openWindow, settled } from '../browser'
import { api, colleague, found, type Named, PASSWORD, seller, signIn } from '../company'
import { type Server, startServer } from '../server'

/** Monday 2026-11-23, 09:30 in Shanghai, and after the next full hour. */
const START = '2026-11-23T01:30:00Z'
const LATER = '2026-11-23T02:40:00Z'
const PURPOSE = '月底给供应商对账'
const BUSINESS = '机床与自动化产线的设计、制造和售后服务'
const CUSTOMERS = ['华盛机械有限公司', '瑞丰食品有限公司', '恒泰电子有限公司']

let server: Server
let browser: Browser
let manager: Page
let salesperson: Page
let complaints: string[][]

beforeAll(async () => {
  server = await startServer(START)
  browser = await openBrowser()
  const [one, other] = [await openWindow(browser, server.url, DESK), await openWindow(browser, server.url, DESK)]
  manager = one.page
  salesperson = other.page
  complaints = [one.complaints, other.complaints]
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

let leaked: Buffer
let number: string

describe.sequential('an export that is more than usual', () => {
  test('a company lets its people take out two rows a day', async () => {
    await found(manager, server.setupLink)
    const { invitation } = await seller(manager, 'li', '李雷')
    const token = invitation.link.split('#token=')[1]
    await api(manager, '/password', { token, password: PASSWORD })
    await manager.goto('/settings/company')
    await manager.getByLabel('每人每天不需审批可导出的行数').fill('2')
    await manager.getByRole('button', { name: '保存' }).click()
    await manager.getByText('已保存').waitFor()
    await signIn(salesperson, 'li')
    for (const name of CUSTOMERS) await api(salesperson, '/customers', { name, main_business: BUSINESS })
  })

  test('the third row waits for somebody else', async () => {
    await salesperson.goto('/customers')
    await salesperson.getByRole('button', { name: CUSTOMERS[0], exact: true }).waitFor()
    await salesperson.getByRole('button', { name: '导出当前视图' }).click()
    const dialog = salesperson.getByRole('dialog')
    await dialog.getByText(/共 3 行。今天不需审批还可导出 2 行/).waitFor()
    await dialog.getByText('CSV', { exact: true }).click()
    await dialog.getByLabel('主营业务', { exact: true }).check()
    await dialog.getByRole('button', { name: '开始导出' }).click()
    await dialog.getByText(/共 3 行，超过你今天的额度，要由另一个人批准/).waitFor()
    await looked(salesperson, 'export-purpose')
    await dialog.getByLabel('用途').fill(PURPOSE)
    await dialog.getByRole('button', { name: '请求批准' }).click()
    await dialog.getByText(/已请.+处理；批准后会通知你/).waitFor()
    await dialog.getByRole('link', { name: /设置 › 导出/ }).waitFor()
    await looked(salesperson, 'export-waits')
    await dialog.getByRole('button', { name: '关闭' }).last().click()
    await dialog.waitFor({ state: 'hidden' })
  })

  test('a second person is told, and agrees', async () => {
    const { items } = await api<{ items: { kind: string }[] }>(manager, '/notifications?limit=50')
    expect(items.map(({ kind }) => kind)).toContain('release_asked')
    await manager.goto('/settings/exports')
    await manager.getByRole('heading', { name: '等你批准（1）' }).waitFor()
    await manager.getByText(PURPOSE).waitFor()
    await manager.getByText('能看到的全部').waitFor()
    await manager.getByText(/客户名称、.*、主营业务/).waitFor()
    await looked(manager, 'export-decide')
    await manager.getByRole('button', { name: '批准', exact: true }).click()
    await manager.getByText('已批准，李雷会收到通知').waitFor()
  })

  test('the file is fetched by a link that works once', async () => {
    await salesperson.goto('/settings/exports')
    const button = salesperson.getByRole('button', { name: '下载' })
    await button.waitFor()
    await looked(salesperson, 'export-fetch')
    const [download] = await Promise.all([salesperson.waitForEvent('download'), button.click()])
    number = /DC-\w{5}-\w{5}/.exec(download.suggestedFilename())?.[0] ?? ''
    expect(number).not.toBe('')
    leaked = readFileSync(await download.path())
    expect((await salesperson.request.get(download.url())).status()).toBe(410)
  })

  test('a line that turns up elsewhere leads back to whoever took it out', async () => {
    const line = leaked.toString('utf8').split('\n')[1] ?? ''
    expect(line).not.toContain('DC-')
    await manager.goto('/settings/exports')
    const buffer = Buffer.from(line)
    await manager.locator('input[type=file]').setInputFiles({ name: '截取.txt', mimeType: 'text/plain', buffer })
    const traced = manager.locator('[aria-live="polite"] li', { hasText: '李雷' })
    await traced.waitFor()
    expect(await traced.textContent()).toContain(number)
    await looked(manager, 'export-trace')
  })

  test('who saw a customer is told on its page', async () => {
    const { items } = await api<{ items: Named[] }>(salesperson, '/customers?limit=1')
    const place = `/customers/${items[0]?.id}`
    await salesperson.goto(place)
    await salesperson
      .getByRole('heading', { name: items[0]?.name ?? '' })
      .first()
      .waitFor()
    await manager.goto(`${place}?tab=seen`)
    await manager.getByRole('row', { name: /李雷.*打开档案/ }).waitFor()
    await looked(manager, 'seen')
  })

  test('an unusual day raises an alarm, which somebody answers', async () => {
    await manager.goto('/settings/alarms')
    expect(await manager.getByLabel('每天导出的行数').isEnabled()).toBe(false)
    const { invitation } = await colleague(manager, 'security_administrator', 'guard', '安全')
    await api(manager, '/password', { token: invitation.link.split('#token=')[1], password: PASSWORD })
    const { page: guard, complaints: theirs } = await openWindow(browser, server.url, DESK)
    complaints.push(theirs)
    await signIn(guard, 'guard')
    await guard.goto('/settings/alarms')
    await guard.getByLabel('每天导出的行数').fill('1')
    await guard.getByRole('button', { name: '保存' }).click()
    await guard.getByText('已保存').waitFor()
    await server.setClock(LATER)
    const alarm = manager.locator('li', { hasText: '李雷 导出了 3 行' })
    await expect
      .poll(
        async () => {
          await manager.reload()
          await manager.getByRole('heading', { level: 1 }).waitFor()
          await settled(manager)
          return alarm.count()
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(1)
    await looked(manager, 'alarm')
    await alarm.getByRole('button', { name: '答复' }).click()
    const dialog = manager.getByRole('dialog')
    await dialog.getByLabel('说明').fill('月底给供应商对账，已当面核实')
    await dialog.getByRole('button', { name: '答复' }).click()
    await alarm.getByText('有正当原因').waitFor()
  })

  test('the audit has each step', async () => {
    const { items } = await api<{ items: { action: string }[] }>(manager, '/audit?limit=100')
    const steps = [
      'export',
      'explain_export',
      'approve_export',
      'fetch_export',
      'trace_export',
      'raise_alarm',
      'answer_alarm',
    ]
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(steps))
  })

  test('nothing on the way made a page complain', () => {
    expect(complaints.flat()).toEqual([])
  })
})
