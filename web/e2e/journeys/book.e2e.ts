/**
 * The main job, from nothing: an empty company imports its book, adopts the regulations, sees what it owes this month,
 * records a visit, misses a VIP contact, and finds the miss escalated and counted under its clause (R3-2.1, R3-2.3).
 */
import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, openBrowser, openWindow, picture, settled, tour, type View, violations } from '../browser'
import { type Compliance, api as from, type Listed, type Named, PASSWORD, signIn, until } from '../company'
import { type Server, startServer } from '../server'
import { BAD_ROWS, messySheet, ROWS } from '../sheet'

const SIGNED = '%PDF-1.7\n%signed'
/** Monday 2026-11-23, 09:30 in Shanghai. */
const START = '2026-11-23T01:30:00Z'
/** The morning after the month has ended. */
const NEXT_MONTH = '2026-12-01T01:30:00Z'

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

const api = <T>(path: string) => from<T>(page, path)

async function everyCustomer() {
  const all: Named[] = []
  let cursor = ''
  do {
    const { items, next }: Listed<Named> = await api<Listed<Named>>(`/customers?limit=200&sort=name${cursor}`)
    all.push(...items)
    cursor = next ? `&cursor=${next}` : ''
  } while (cursor)
  return all
}

describe.sequential('a company’s customer book, run by its regulation', () => {
  test('the printed link sets up an empty company, by keyboard alone', async () => {
    await page.goto(server.setupLink)
    await page.getByLabel('公司名称').waitFor()
    await page.keyboard.type('晨光精密')
    await page.getByLabel('姓名').focus()
    await page.keyboard.type('周敏')
    await page.keyboard.press('Tab')
    await page.keyboard.type('admin')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.getByRole('radio', { name: /空白公司/ }).focus()
    await page.keyboard.press('Space')
    expect(await violations(page)).toEqual([])
    await page.getByLabel('公司名称').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === '/')
    const me = await api<{ company: { name: string } }>('/me')
    expect(me.company.name).toBe('晨光精密')
  })

  test('a messy GBK sheet becomes customers, and the bad rows come back', async () => {
    await page.goto('/customers/import')
    const file = { name: '客户台账.csv', mimeType: 'text/csv', buffer: messySheet() }
    await page.locator('input[type=file]').setInputFiles(file)
    // Whoever brings people in says once on what basis.
    await page.getByLabel('人员信息的依据').selectOption('contract')
    await page.getByRole('button', { name: '检查数据' }).click()
    await page.getByRole('button', { name: /^开始导入/ }).waitFor()
    await picture(page, 'import-check')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: /^开始导入/ }).click()
    await page.getByText('导入完成').waitFor({ timeout: 90_000 })
    await picture(page, 'import-done')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: /未导入/ })
        .or(page.getByRole('button', { name: /未导入/ }))
        .first()
        .click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
    const found = await everyCustomer()
    expect(found.length).toBeGreaterThan(ROWS - BAD_ROWS - 20)
    expect(found.length).toBeLessThanOrEqual(ROWS - BAD_ROWS)
    expect(found.every(({ name }) => name === name.trim())).toBe(true)
  })

  test('the regulations are adopted and the month’s duties appear', async () => {
    await page.goto('/policy')
    await page.getByRole('button', { name: /采用全部/ }).click()
    const month = await until('the month’s duties', async () => {
      const { rows } = await api<Compliance>('/compliance?from=2026-11-01&to=2026-11-30&group=clause')
      return rows.find((row) => row.key === 'R3-2.1' && row.open > 0)
    })
    // Joining on the 23rd, in the second half of the month: the share that is left is owed.
    expect(month.open).toBeGreaterThan(20)
    await page.goto('/policy/R3')
    await page.getByText('R3-2.1').first().waitFor()
    await picture(page, 'policy')
  })

  test('a visit is recorded from Today by keyboard, and its duty is met', async () => {
    await page.goto('/')
    await page.getByRole('button', { name: '记录' }).first().waitFor()
    await picture(page, 'today')
    await page.getByRole('button', { name: '记录' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('说了什么').waitFor()
    await page.keyboard.type('现场拜访，确认二期设备清单，客户希望月底前给报价。')
    await page.keyboard.press('Enter')
    const recorded = await until('the record', async () => {
      const { items } = await api<{ items: { late: boolean; content: string }[] }>('/interactions')
      return items[0]
    })
    expect(recorded.late).toBe(false)
    expect(recorded.content).toContain('二期设备清单')
  })

  test('a VIP contact that was missed is escalated and counted under its clause', async () => {
    await server.setClock(NEXT_MONTH)
    await signIn(page)
    const clause = await until('the missed duties', async () => {
      const { rows } = await api<Compliance>('/compliance?from=2026-11-01&to=2026-11-30&group=clause')
      return rows.find((row) => row.key === 'R3-2.1' && row.missed > 0 && row.open === 0)
    })
    expect(clause.met).toBeGreaterThanOrEqual(0)
    expect(clause.missed + clause.met).toBeLessThanOrEqual(clause.due)
    const told = await until('the escalation', async () => {
      const { items } = await api<{ items: { kind: string }[] }>('/notifications?limit=50')
      return items.length > 0 && items
    })
    expect(told.length).toBeGreaterThan(0)
    await page.goto('/policy/compliance?month=2026-11')
    await page.getByText('R3-2.1').first().waitFor()
    await picture(page, 'compliance')
  })

  test('nothing on the way made the page complain', () => {
    expect(complaints).toEqual([])
  })
})

describe.sequential('every page, in both languages and widths', () => {
  const views: View[] = [
    { width: 1440, locale: 'zh', theme: 'light' },
    { width: 1440, locale: 'en', theme: 'dark' },
    { width: 390, locale: 'zh', theme: 'dark' },
    { width: 390, locale: 'en', theme: 'light' },
  ]
  const paths = [
    '/',
    '/customers',
    '/customers/import',
    '/customers/verification',
    '/customers/grades',
    '/todos',
    '/interactions',
    '/team',
    '/policy',
    '/policy/R3',
    '/policy/compliance',
    '/policy/duties',
    '/settings/profile',
    '/settings/company',
    '/settings/calendar',
    '/settings/people',
    '/settings/departments',
    '/settings/roles',
    '/settings/absences',
    '/settings/audit',
    '/settings/exports',
    '/settings/alarms',
    '/settings/notifications',
  ]

  for (const view of views) {
    test(`${view.width} px, ${view.locale}, ${view.theme}`, async () => {
      expect(await tour(browser, server.url, view, context, paths)).toEqual([])
    })
  }

  test('by keyboard alone: find a customer, open it, walk on, close', async () => {
    const { page, context: own } = await openWindow(browser, server.url, DESK, context)
    await page.goto('/')
    await page.locator('h1').first().waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.waitForURL((url) => url.pathname === '/customers')
    await page.locator('tbody tr').first().waitFor()
    await settled(page)
    await page.keyboard.press('/')
    await page.keyboard.type('huasheng')
    await until('the search', async () => {
      const names = await page.locator('tbody tr').allTextContents()
      return names.length > 0 && names.every((name) => name.includes('华盛'))
    })
    await page.keyboard.press('Enter')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await own.close()
  })

  test('a file is hung on a customer and opened again, and the customer’s form is printed', async () => {
    const { page, context: own, complaints } = await openWindow(browser, server.url, DESK, context)
    const { items } = await api<{ items: { id: string }[] }>('/customers?limit=1')
    const place = `/customers/${items[0]?.id}`
    await page.goto(`${place}?tab=files`)
    const intake = page.locator('.file-drop input')
    await intake.setInputFiles({ name: '签字页.pdf', mimeType: 'application/pdf', buffer: Buffer.from(SIGNED) })
    const link = page.getByRole('link', { name: '签字页.pdf' })
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(readFileSync(await file.path(), 'utf8')).toBe(SIGNED)
    await intake.setInputFiles({ name: '照片.png', mimeType: 'image/png', buffer: Buffer.from('<html>') })
    await page.getByText('文件内容与扩展名不符').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: '更多' }).first().click()
    await page.getByRole('menuitem', { name: '打印 / 导出' }).click()
    const make = page.getByRole('button', { name: '生成' })
    await make.waitFor()
    expect(await violations(page)).toEqual([])
    const [form] = await Promise.all([page.waitForEvent('download'), make.click()])
    expect(form.suggestedFilename()).toMatch(/^客户信息基础表-.*\.pdf$/)
    expect(
      readFileSync(await form.path())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-')
    expect(complaints).toEqual([])
    await own.close()
  })

  test('a customer is found by the middle of its name, by initials and by phone', async () => {
    for (const [query, least] of [
      ['华盛', 1],
      ['huasheng', 1],
      ['hsjx', 1],
      ['13810000000', 1],
      ['0000', 1],
    ] as const) {
      const { items } = await api<{ items: { name: string }[] }>(`/customers?q=${encodeURIComponent(query)}`)
      expect(items.length, query).toBeGreaterThanOrEqual(least)
    }
  })
})
