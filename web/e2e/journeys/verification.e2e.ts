/**
 * The quarterly verification of a department (R3-1.5), from plan to compliance report: the round is planned by the
 * regulation, worked through field by field, told by owner with what the customers answered, and counted at the end of
 * the quarter under its clause, down to the archive of the customer that nobody reached.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, looked, openBrowser, openWindow, picture, violations } from '../browser'
import { type Compliance, found, api as from, type Named, seller, signIn, until } from '../company'
import { type Server, startServer } from '../server'

/** Monday, 12 October 2026, 09:30 in Shanghai: the quarter is young. */
const START = '2026-10-12T01:30:00Z'
/** The first working morning after it. */
const NEXT_QUARTER = '2027-01-04T01:30:00Z'
const OWN = ['华盛机械有限公司', '瑞丰食品有限公司', '恒泰电子有限公司']
const COLLEAGUES = ['宏远包装有限公司', '天工模具有限公司']

let server: Server
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  server = await startServer(START)
  browser = await openBrowser()
  const window = await openWindow(browser, server.url, DESK)
  page = window.page
  complaints = window.complaints
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const api = <T>(path: string, body?: object) => from<T>(page, path, body)
const QUARTER = 'from=2026-10-01&to=2026-12-31'

const verifyButton = (name: string) => page.getByRole('button', { name: new RegExp(`^核对.*${name}`) })

/** Opens the panel of a customer from the list of the round. */
async function open(name: string) {
  await verifyButton(name).click()
  await page.getByRole('button', { name: '完成核对' }).waitFor()
}

async function finish() {
  await page.getByRole('button', { name: '完成核对' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

const answer = (field: string, result: string) =>
  page.getByRole('group', { name: field }).getByRole('button', { name: result }).click()

const row = () => page.locator('.round-rows tr', { hasText: '周敏' })
const cell = (label: string) => row().locator(`td[data-label="${label}"]`)

describe.sequential('a department’s quarterly verification', () => {
  test('a company with a department and its customers adopts the regulation', async () => {
    await found(page, server.setupLink)
    const li = await seller(page, 'li', '李雷')
    for (const name of OWN) {
      await api('/customers', { name, address: `${name.slice(0, 2)}路 1 号`, contacts: [{ name: '张伟' }] })
    }
    for (const name of COLLEAGUES) await api('/customers', { name, owner_id: li.id })
    await api('/policies/adopt', { keys: ['R3'] })
    await until('the plan of the round', async () => {
      const { rows } = await api<Compliance>(`/compliance?${QUARTER}&group=person&rule=archive-verification`)
      return rows.reduce((sum, { open }) => sum + open, 0) === OWN.length + COLLEAGUES.length
    })
  })

  test('the round shows who owes how many, and the list to work through', async () => {
    await page.goto('/customers/verification')
    await page.getByText('2026年第4季度').waitFor()
    await page.getByRole('button', { name: '李雷' }).waitFor()
    await verifyButton(OWN[0] ?? '').waitFor()
    expect(await cell('应核对').textContent()).toBe(String(OWN.length))
    await looked(page, 'round-plan')
  })

  test('fields are confirmed, corrected, or could not be asked about', async () => {
    const [confirmed = '', changed = ''] = OWN
    await open(confirmed)
    await page.getByRole('button', { name: '其余全部无误' }).click()
    await finish()
    await open(changed)
    await answer('客户名称', '无误')
    await answer('地址', '有变')
    await page.getByLabel('地址: 新的内容').fill('新区大道 88 号')
    await answer('电话', '问不到')
    await picture(page, 'round-verify')
    await finish()
    await until('the progress', async () => (await cell('已核对').textContent()) === '2')
    expect(await cell('有变').textContent()).toBe('1')
    expect(await cell('问不到').textContent()).toBe('1')
    expect(Number(await cell('无误').textContent())).toBeGreaterThanOrEqual(3)
    const { items } = await api<{ items: { address: string; id: string }[] }>(`/customers?q=${changed}`)
    const archive = await api<{ address: string; verified_on: string }>(`/customers/${items[0]?.id}`)
    expect(archive).toMatchObject({ address: '新区大道 88 号', verified_on: '2026-10-12' })
  })

  test('from an owner one comes to their customers, and into an archive', async () => {
    await page.getByRole('button', { name: '李雷' }).click()
    await until('the colleague’s list', async () => {
      const names = await page.locator('.dataview tbody tr .name').allTextContents()
      return names.length === COLLEAGUES.length && names.every((name) => COLLEAGUES.includes(name))
    })
    await page.getByRole('button', { name: COLLEAGUES[0], exact: true }).click()
    await page.getByRole('dialog', { name: COLLEAGUES[0] }).waitFor()
    await page.getByRole('button', { name: '组织架构' }).click()
    await page.getByText('还没有组织架构').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('the customer’s people are put into its departments, by keyboard alone', async () => {
    const { items } = await api<{ items: Named[] }>(`/customers?q=${OWN[0]}`)
    const customer = items[0]?.id
    await page.goto(`/customers/${customer}?tab=chart`)
    await page.getByRole('treeitem', { name: /张伟/ }).waitFor()
    await page.getByRole('button', { name: '新增部门' }).press('Enter')
    await page.getByLabel('部门名称').fill('采购部')
    await page.getByLabel('部门名称').press('Enter')
    await page.getByRole('treeitem', { name: '采购部' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('treeitem', { name: /张伟/ }).focus()
    await page.keyboard.press('Alt+ArrowDown')
    await until('the move', async () => {
      const { items } = await api<{ items: { department: string | null }[] }>(`/customers/${customer}/contacts`)
      return items[0]?.department === '采购部'
    })
    await page.locator('[role=treeitem][aria-level="2"]', { hasText: '张伟' }).waitFor()
    await looked(page, 'chart')
    await page.goto(`/customers/${customer}?tab=group`)
    await page.getByText('不属于任何集团').waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('at the end of the quarter the report counts what was kept and what was missed', async () => {
    await server.setClock(NEXT_QUARTER)
    await signIn(page)
    const rows = await until('the end of the round', async () => {
      const { rows } = await api<Compliance>(`/compliance?${QUARTER}&group=person&rule=archive-verification`)
      return rows.every(({ open }) => open === 0) && rows
    })
    expect(rows.reduce((sum, { met }) => sum + met, 0)).toBe(2)
    expect(rows.reduce((sum, { missed }) => sum + missed, 0)).toBe(3)
    await page.goto('/customers/verification?quarter=2026-10-01')
    await until('the missed one', async () => (await cell('逾期未核对').textContent()) === '1')
    await picture(page, 'round-end')
    await page.getByRole('link', { name: /达标报表/ }).click()
    await page.waitForURL((url) => url.pathname === '/policy/compliance')
    await page.getByRole('heading', { name: '达标情况', level: 1 }).waitFor()
    await page.getByRole('row', { name: /周敏/ }).waitFor()
    await looked(page, 'round-report')
  })

  test('nothing on the way made the page complain', () => {
    expect(complaints).toEqual([])
  })
})
