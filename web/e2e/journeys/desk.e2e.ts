/**
 * A complaint on the telephone (R2-12.2, R3-4.1, R3-4.2): taken in while the customer speaks, handled by a technician with
 * clocks running, told and confirmed; one that comes back; one of somebody whom nobody knows; and a line that stands
 * still, with its task force.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, looked, openBrowser, openWindow, tour, type View } from '../browser'
import { alsoIs, choose, colleague, filtered, found, api as from, type Listed, type Named, until } from '../company'
import { type Server, startServer } from '../server'

/** Monday 2026-11-23, 09:30 in Shanghai, and later that day. */
const START = '2026-11-23T01:30:00Z'
const at = (minutes: number) => new Date(Date.parse(START) + minutes * 60_000).toISOString()
const CUSTOMER = '华盛机械有限公司'

type Clock = { clause: string; rule: string; state: string; live: boolean; left_seconds: number | null }
type Entry = { step: string }
type Case = Named & { subject: string; state: string; level: number; cycle: number; clocks: Clock[]; entries: Entry[] }

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
const dialog = (name: string | RegExp) => page.getByRole('dialog', { name })
const opened = () => page.url().split('/').pop() ?? ''
const shown = (id: string) => api<Case>(`/cases/${id}`)
const clockOf = async (id: string, rule: string) =>
  until(`the clock of ${rule}`, async () => (await shown(id)).clocks.find((clock) => clock.rule === rule))

/** Does a step of the case that is open, from its head or its side. */
async function step(name: string, fill?: (box: ReturnType<typeof dialog>) => Promise<void>) {
  const button = page.getByRole('button', { name, exact: true }).first()
  if (await button.isVisible()) await button.click()
  else {
    await page.getByRole('button', { name: '更多' }).click()
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  if (!fill) return
  const box = dialog(new RegExp(`^${name} · TS-`))
  await fill(box)
  await box.getByRole('button', { name, exact: true }).click()
  await box.waitFor({ state: 'detached' })
}

const says = (label: RegExp, text: string) => async (box: ReturnType<typeof dialog>) => {
  await box.getByLabel(label).fill(text)
}

describe.sequential('the service desk', () => {
  test('a company with its regulations, a customer and a technician', async () => {
    await found(page, server.setupLink)
    await api('/policies/adopt', { keys: ['R0', 'R2', 'R3', 'R4'] })
    await alsoIs(page, 'service')
    await colleague(page, 'service', 'qian', '钱工')
    await api('/customers', { name: CUSTOMER, contacts: [{ name: '张伟', phone: '13700001111' }] })
    await server.setClock(at(1))
  })

  test('a complaint is taken in while the customer speaks', async () => {
    await page.goto('/cases')
    await page.getByRole('button', { name: '登记工单' }).first().click()
    const box = dialog('登记工单')
    await choose(box, '客户', CUSTOMER, '华盛')
    await box.getByLabel('主题').fill('保养后又漏油')
    await box.getByLabel('客户原话').fill('投诉：保养才一周，液压站又漏油。')
    await box.getByText(/按客户的话建议/).waitFor()
    expect(await box.getByRole('radio', { name: '投诉' }).isChecked()).toBe(true)
    expect(await box.getByRole('radio', { name: '二级 重要' }).isChecked()).toBe(true)
    await looked(page, 'desk-new')
    await box.getByRole('button', { name: '登记', exact: true }).click()
    await page.getByRole('heading', { name: '保养后又漏油' }).waitFor()
    const clock = await clockOf(opened(), 'first-answer')
    expect(clock).toMatchObject({ clause: 'R3-4.1', live: true })
    await page.reload()
    await page.getByText('30 分钟内首次答复').waitFor()
    await looked(page, 'desk-case')
  })

  test('who answers in time keeps the clause', async () => {
    await server.setClock(at(12))
    await page.reload()
    await step('致谢', async () => {})
    const met = await until('the first answer to count', async () => {
      const found = (await shown(opened())).clocks.find((clock) => clock.rule === 'first-answer')
      return found?.state === 'met' && found
    })
    expect(met.live).toBe(false)
  })

  test('it is given to a technician, solved, told and confirmed', async () => {
    await step('指派', async (box) => {
      await choose(box, '负责人', /钱工/, '钱')
    })
    await step('受理')
    await page.getByText('已更新').first().waitFor()
    await step('等待客户', says(/等客户做什么/, '等客户给停机时间'))
    const held = await until('the pause', async () => {
      const found = (await shown(opened())).clocks.find((clock) => clock.rule === 'important-solved')
      return found?.state === 'paused' && found
    })
    expect(held.left_seconds).toBe(null)
    await server.setClock(at(60))
    await step('客户又说了', says(/客户说了什么/, '下午两点可以停'))
    await step('解决', says(/查明了什么/, '接头密封老化，已更换并保压四小时。'))
    await step('告知结果', async (box) => {
      const letter = box.getByLabel(/告知客户的内容/)
      await letter.waitFor()
      expect(await letter.inputValue()).toContain('接头密封老化')
      await looked(page, 'desk-letter')
    })
    await server.setClock(at(180))
    await step('回访', async (box) => {
      await box.getByText('客户不满意').click()
      await box.getByLabel(/客户怎么说/).fill('旁边又渗油')
      await box.getByText(/工单会重新打开/).waitFor()
    })
    expect(await shown(opened())).toMatchObject({ state: 'investigating', cycle: 2 })
    await page.getByText('第 2 次处理').waitFor()
    await looked(page, 'desk-again')
  })

  test('the second time it holds, and only then it is closed', async () => {
    await step('解决', says(/查明了什么/, '管路老化，整段更换，保压无渗漏。'))
    await step('告知结果', async (box) => {
      await box.getByLabel(/告知客户的内容/).waitFor()
    })
    await step('回访', says(/客户怎么说/, '这回好了'))
    const closed = await shown(opened())
    expect(closed.state).toBe('closed')
    expect(closed.clocks.filter((clock) => clock.live)).toEqual([])
    expect(closed.clocks.map((clock) => clock.state)).not.toContain('missed')
  })

  test('the list shows what runs out first, and the customer’s page its cases', async () => {
    await page.goto('/cases')
    await page.getByRole('button', { name: '已关闭' }).click()
    await page.getByRole('row', { name: /保养后又漏油/ }).waitFor()
    const { items } = await api<Listed<Named>>(`/customers?${filtered(['name', 'eq', CUSTOMER])}`)
    await page.goto(`/customers/${items[0]?.id}?tab=cases`)
    await page.getByRole('link', { name: '保养后又漏油' }).waitFor()
    await looked(page, 'desk-customer')
  })

  test('a line stands still: a task force within the hour', async () => {
    const { id } = await api<Named>('/cases', {
      channel: 'phone',
      caller: '生产部的人',
      caller_phone: '13912345678',
      subject: '三条线全部停产',
    })
    await page.goto('/cases')
    await page.getByRole('button', { name: '未指派' }).click()
    await page.getByRole('button', { name: '三条线全部停产' }).click()
    await page.getByRole('dialog').getByText('30 分钟内首次答复').waitFor()
    await looked(page, 'desk-list')
    await page.goto(`/cases/${id}`)
    await step('分类', async (box) => {
      expect(await box.getByRole('radio', { name: '一级 紧急' }).isChecked()).toBe(true)
    })
    await clockOf(id, 'urgent-task-force')
    await step('召集专项小组', async (box) => {
      await box.getByLabel('召集谁').fill('周')
      await page.getByRole('option', { name: /周敏/ }).first().click()
    })
    await step('我已到位')
    await until('the force', async () => {
      const found = (await shown(id)).clocks.find((clock) => clock.rule === 'urgent-task-force')
      return found?.state === 'met' && found
    })
    await page.reload()
    await page.getByText('139****5678').waitFor()
    await looked(page, 'desk-force')
  })

  test('on every screen, in both languages, by day and by night', async () => {
    const { items } = await api<Listed<Named>>('/cases')
    const paths = ['/cases', ...items.slice(0, 2).map(({ id }) => `/cases/${id}`)]
    const views: View[] = [
      { width: 390, locale: 'zh', theme: 'light' },
      { width: 1440, locale: 'en', theme: 'dark' },
      { width: 390, locale: 'en', theme: 'dark' },
    ]
    for (const view of views) expect(await tour(browser, server.url, view, context, paths)).toEqual([])
    expect(complaints).toEqual([])
  })
})
