/**
 * How a book of customers is tended (R1-2.1, R1-3.3, R2-2.3): many are changed at once and put back, change hands with a
 * checklist that is a duty, go into the recycle bin and come back or go for good; and what they ordered comes from a
 * sheet.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, looked, openBrowser, openWindow, tour, type View } from '../browser'
import { alsoIs, choose, filtered, found, api as from, type Listed, type Named, seller, until } from '../company'
import { type Server, startServer } from '../server'

/** Monday 2026-11-23, 09:30 in Shanghai. */
const START = '2026-11-23T01:30:00Z'
/** More than a list shows at once. */
const GUESTS = 56
const DEALS = `客户名称,类型,编号,日期,产品,金额(元),状态
恒泰电子有限公司,合同,HT-1,2026-03-01,年度框架,,已签订
恒泰电子有限公司,订单,DD-1,2026-05-06,数控机床,125000,已交付
没有这家公司,订单,DD-9,2026-05-06,数控机床,1,已交付`

let server: Server
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

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
type Customer = Named & { tags: string[]; owner: Named }
type Duty = { rule: string; state: string; owner: Named }

const guests = async () => (await api<Listed<Customer>>('/customers?limit=200&q=展会')).items
const dutiesOf = async (rule: string) => (await api<Listed<Duty>>(`/duties?${filtered(['rule', 'eq', rule])}`)).items

/** Selects every guest, also those that are not shown yet. */
async function selectGuests() {
  await page.goto('/customers?q=展会')
  await page.getByRole('row', { name: /展会/ }).first().waitFor()
  await page.getByRole('checkbox', { name: '选择本页' }).check()
  await page.getByRole('button', { name: '选择筛选出的全部' }).click()
  await page.getByRole('toolbar', { name: `已选 ${GUESTS} 条` }).waitFor()
}

const bar = () => page.getByRole('toolbar', { name: /^已选/ })
const dialog = (name: string) => page.getByRole('dialog', { name })

describe.sequential('a book of customers is tended', () => {
  test('a company with the customers that a colleague met at a fair', async () => {
    await found(page, server.setupLink)
    await api('/policies/adopt', { keys: ['R1'] })
    // Removing for good takes the right to manage customers.
    await alsoIs(page, 'data_steward')
    const li = await seller(page, 'li', '李雷')
    await api('/customers', { name: '恒泰电子有限公司', owner_id: li.id, contacts: [{ name: '张伟' }] })
    for (let n = 0; n < GUESTS; n++) {
      const once = { allow_duplicate: true, duplicate_reason: '展会名单' }
      await api('/customers', { name: `展会客户${String(n).padStart(2, '0')}有限公司`, owner_id: li.id, ...once })
    }
  })

  test('all that a search finds are tagged, after a look at what it would mean, and put back', async () => {
    await selectGuests()
    await bar().getByRole('button', { name: '加标签' }).click()
    const box = dialog('批量加减标签')
    await box.getByLabel('加上这些标签').fill('秋季展会')
    await page.keyboard.press('Enter')
    await box.getByRole('button', { name: '先看结果' }).click()
    await box.getByText('将会修改').waitFor()
    await looked(page, 'bulk-preview')
    await box.getByRole('button', { name: `开始修改 ${GUESTS} 个客户` }).click()
    await box.getByRole('button', { name: '整批撤销' }).waitFor()
    expect((await guests()).every(({ tags }) => tags.includes('秋季展会'))).toBe(true)
    await looked(page, 'bulk-done')
    await box.getByRole('button', { name: '整批撤销' }).click()
    await box.getByText('已还原').waitFor()
    await page.keyboard.press('Escape')
    expect((await guests()).every(({ tags }) => tags.length === 0)).toBe(true)
    await page.goto('/customers/bulk')
    await page.getByRole('row', { name: /已撤销/ }).waitFor()
    await looked(page, 'bulk-list')
  })

  test('they change hands, and the receiver goes through the checklist: the duty is met', async () => {
    await selectGuests()
    await bar().getByRole('button', { name: '移交' }).click()
    const box = dialog('批量移交客户')
    await choose(box, '负责人', /周敏/, '周敏')
    await box.getByLabel('原因').fill('李雷调岗')
    await box.getByRole('button', { name: '先看结果' }).click()
    await box.getByRole('button', { name: `开始修改 ${GUESTS} 个客户` }).click()
    await box.getByRole('button', { name: '整批撤销' }).waitFor()
    await page.keyboard.press('Escape')
    expect((await dutiesOf('handover-acceptance')).map(({ state }) => state)).toEqual(['open'])
    await page.goto('/customers/handovers')
    await page.getByRole('row', { name: /李雷/ }).getByRole('button').first().click()
    const paper = page.getByRole('dialog')
    await paper.getByText(`交接的客户（${GUESTS}）`).waitFor()
    expect(await paper.getByRole('button', { name: '确认接收' }).isDisabled()).toBe(true)
    await looked(page, 'handover')
    const lines = paper.locator('.handover-steps input')
    const many = await lines.count()
    for (let n = 0; n < many; n++) {
      await lines.nth(n).press('Space')
      await until('the tick', async () => lines.nth(n).isChecked())
    }
    await paper.getByText(`${GUESTS}/${GUESTS} 个客户`).first().waitFor()
    await paper.getByRole('button', { name: '确认接收' }).click()
    await paper.getByText(/^已于 .* 接收$/).waitFor()
    await looked(page, 'handover-accepted')
    expect((await dutiesOf('handover-acceptance')).map(({ state }) => state)).toEqual(['met'])
  })

  test('what was removed comes back from the recycle bin, or goes for good', async () => {
    const [first, second] = await guests()
    for (const name of [first?.name ?? '', second?.name ?? '']) {
      await page.goto(`/customers?q=${name}`)
      await page.getByRole('checkbox', { name: `选择 ${name}` }).check()
      await bar().getByRole('button', { name: '移入回收站' }).click()
      await dialog('批量移入回收站').getByRole('button', { name: '先看结果' }).click()
      await dialog('批量移入回收站').getByRole('button', { name: '开始修改 1 个客户' }).click()
      await dialog('批量移入回收站').getByRole('button', { name: '整批撤销' }).waitFor()
      await page.keyboard.press('Escape')
    }
    await page.goto('/customers/bin')
    await page.getByRole('row', { name: first?.name }).waitFor()
    await looked(page, 'bin')
    await page.getByRole('button', { name: first?.name }).click()
    await page.getByRole('dialog').getByRole('button', { name: '恢复' }).click()
    await page.getByText(`已恢复“${first?.name}”`).waitFor()
    await page.getByRole('button', { name: second?.name }).click()
    await page.getByRole('dialog').getByRole('button', { name: '彻底删除' }).click()
    await page.getByLabel('原因').fill('重复录入')
    await looked(page, 'bin-purge')
    await page.getByRole('dialog').getByRole('button', { name: '彻底删除' }).click()
    await page.getByText('回收站是空的').or(page.getByText(/没有/)).first().waitFor()
    await until('the end of it', async () => (await guests()).length === GUESTS - 1)
    expect((await api<Listed<Named>>('/bin')).items).toEqual([])
  })

  test('what a customer ordered comes from a sheet and adds up on its page', async () => {
    await page.goto('/customers/cooperation/import')
    const file = { name: '订单.csv', mimeType: 'text/csv', buffer: Buffer.from(DEALS) }
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('button', { name: '检查数据' }).click()
    await page.getByRole('button', { name: /^开始导入/ }).waitFor()
    await looked(page, 'cooperation-check')
    await page.getByRole('button', { name: /^开始导入/ }).click()
    await page.getByText('导入完成').waitFor()
    const { items } = await api<Listed<Named>>('/customers?q=恒泰电子')
    await page.goto(`/customers/${items[0]?.id}?tab=cooperation`)
    await page.getByText('数控机床').first().waitFor()
    await looked(page, 'cooperation')
    const sum = await api<{ orders: number; contracts: number; amount_fen: number }>(
      `/customers/${items[0]?.id}/cooperation/totals`,
    )
    expect(sum).toMatchObject({ orders: 1, contracts: 1, amount_fen: 12_500_000 })
  })

  test('the same pages in both languages and at both widths', async () => {
    const views: View[] = [
      { width: 1440, locale: 'en', theme: 'dark' },
      { width: 390, locale: 'zh', theme: 'light' },
      { width: 390, locale: 'en', theme: 'dark' },
    ]
    const { items } = await api<Listed<Named>>('/handovers')
    const deals = (await api<Listed<Named>>('/customers?q=恒泰电子')).items[0]?.id
    const paths = [
      '/customers/bulk',
      '/customers/bin',
      '/customers/handovers?view=all',
      `/customers/handovers/${items[0]?.id}`,
      `/customers/${deals}?tab=cooperation`,
      '/customers/cooperation/import',
      '/settings/handover',
    ]
    const faults: string[] = []
    for (const view of views) faults.push(...(await tour(browser, server.url, view, context, paths)))
    expect(faults).toEqual([])
  })

  test('nothing on the way made the page complain', () => {
    expect(complaints).toEqual([])
  })
})
