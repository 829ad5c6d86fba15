/**
 * On the road with a phone (R3-2.3): who is near, a visit checked in with position, photograph and voice, written without
 * a network, and sent once when there is one again.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { looked, openBrowser, openWindow } from '../browser'
import { filtered, found, api as from, type Listed, type Named, until } from '../company'
import { type Server, startServer } from '../server'

/** Monday 2026-11-23, 09:30 in Shanghai. */
const START = '2026-11-23T01:30:00Z'
const SAID = '上门看了样品'
/** One red pixel. */
const PHOTO = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8cfc0000003010100f70341430000000049454e44ae426082',
  'hex',
)

type Visit = { id: string; content: string; check_in: { state: string; distance: number } | null }

let server: Server
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  server = await startServer(START)
  browser = await openBrowser()
  const window = await openWindow(browser, server.url, { width: 390, locale: 'zh', theme: 'light' })
  page = window.page
  complaints = window.complaints
  await window.context.grantPermissions(['geolocation', 'microphone'])
  await window.context.setGeolocation({ latitude: 31.2304, longitude: 121.4737, accuracy: 8 })
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const api = <T>(path: string, body?: object) => from<T>(page, path, body)

test('who is near, and a visit without a network that is sent once with what one saw and said', async () => {
  await found(page, server.setupLink)
  const { id, name } = await api<Named>('/customers', { name: '华盛机械有限公司' })
  const visits = async () =>
    (await api<Listed<Visit>>(`/interactions?${filtered(['customer', 'eq', id])}`)).items.filter(
      ({ content }) => content === SAID,
    )
  await page.goto(`/customers/${id}`)
  await page.getByRole('button', { name: '设定' }).click()
  await page.getByLabel('纬度，经度').fill('31.2310, 121.4737')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: '在地图中打开' }).waitFor()
  await page.goto('/customers/near')
  await page.getByRole('button', { name: '看看附近' }).click()
  await page.getByText('67 m').waitFor()
  await looked(page, 'road-near')
  await page.getByRole('button', { name: `记录拜访：${name}` }).click()
  await page.getByLabel('说了什么').fill(SAID)
  await page.getByRole('button', { name: '签到', exact: true }).click()
  await page.getByText(/已取得位置/).waitFor()
  await page
    .locator('.evidence input[type=file]')
    .setInputFiles({ name: '现场.png', mimeType: 'image/png', buffer: PHOTO })
  await page.getByRole('button', { name: '录音' }).click()
  await page.getByRole('button', { name: /结束（[1-9]/ }).click()
  await page.getByText(/语音-.*\.webm/).waitFor()
  await looked(page, 'road-visit')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '保存' }).click()
  await page.getByText('网络不通，已存在本机，恢复后自动发送').waitFor()
  await looked(page, 'road-offline')
  await page.context().setOffline(false)
  const visit = await until('the visit', async () => (await visits())[0])
  expect(visit.check_in).toMatchObject({ state: 'measured', distance: 67 })
  const files = await until('the photograph and the voice note', async () => {
    const { items } = await api<Listed<Named & { of_id: string | null }>>(`/customers/${id}/attachments`)
    const hung = items.filter(({ of_id }) => of_id === visit.id)
    return hung.length === 2 && hung
  })
  expect(files.map(({ name }) => name.split('.').pop()).sort()).toEqual(['png', 'webm'])
  expect(await visits()).toHaveLength(1)
  await page.goto(`/customers/${id}?tab=files`)
  await page.getByRole('button', { name: /^播放/ }).click()
  const heard = page.locator('audio')
  await heard.waitFor()
  expect(await heard.evaluate((sound: HTMLAudioElement) => sound.error)).toBe(null)
  await looked(page, 'road-files')
  expect(complaints.filter((one) => !one.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([])
})
