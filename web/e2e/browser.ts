import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A microphone that hums, and nobody to ask whether it may be used.
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const artifacts = fileURLToPath(new URL('./artifacts', import.meta.url))

/** axe puts itself on the window. */
type Axe = {
  axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> }
}

/** A journey waits for what happens, however slow the machine; what does not happen fails it, a little later. */
const PATIENCE = 60_000

export type View = { width: 1440 | 390; locale: 'zh' | 'en'; theme: 'light' | 'dark' }
export const DESK: View = { width: 1440, locale: 'zh', theme: 'light' }

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS })
}

/** A window in the company's zone; whatever the page complains about fails the journey. */
export async function openWindow(browser: Browser, url: string, view: View, state?: BrowserContext) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: view.width, height: view.width === 390 ? 844 : 900 },
    locale: view.locale === 'zh' ? 'zh-CN' : 'en-GB',
    timezoneId: 'Asia/Shanghai',
    colorScheme: view.theme,
    hasTouch: view.width === 390,
    acceptDownloads: true,
    ...(state ? { storageState: await state.storageState() } : {}),
  })
  context.setDefaultTimeout(PATIENCE)
  await context.addInitScript(
    ([locale, theme]) => {
      localStorage.setItem('zk-locale', locale ?? 'zh')
      localStorage.setItem('zk-theme', theme ?? 'light')
    },
    [view.locale, view.theme],
  )
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A refused sign-in or a dry run answers 4xx on purpose; the browser logs each.
    const expected = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !expected) complaints.push(message.text())
  })
  return { context, page, complaints }
}

/** What axe finds wrong with the page as it stands, in words. */
export async function violations(page: Page): Promise<string[]> {
  await settled(page)
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const result = await (globalThis as unknown as Axe).axe.run()
    return result.violations
  })
  return found.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`,
  )
}

/** Nothing of the page is off the side of the screen. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** Waits until the network is quiet and nothing moves, so that a measurement does not meet a half-faded dialog. */
export async function settled(page: Page) {
  await page.waitForLoadState('load')
  await page.waitForFunction(() => document.querySelectorAll('[aria-busy="true"]').length === 0)
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  )
}

/** The page as it stands is accessible, within the screen, and kept to be looked at. */
export async function looked(page: Page, name: string) {
  await settled(page)
  await picture(page, name)
  expect(await violations(page), name).toEqual([])
  expect(await overflow(page), name).toBe(0)
}

/** Goes through pages in a view of their own, with somebody's session; what is wrong with them, in words. */
export async function tour(browser: Browser, url: string, view: View, state: BrowserContext, paths: string[]) {
  const { page, complaints, context } = await openWindow(browser, url, view, state)
  const faults: string[] = []
  for (const path of paths) {
    await page.goto(path)
    await page.locator('h1').first().waitFor()
    await settled(page)
    await picture(page, `${view.width}-${view.locale}${path.replaceAll(/[/?=]/g, '-').slice(0, 60)}`)
    for (const violation of await violations(page)) faults.push(`${path}: ${violation}`)
    if ((await overflow(page)) > 0) faults.push(`${path}: wider than the screen`)
    if (view.locale === 'en') {
      const links = await page.locator('nav a').allTextContents()
      for (const chinese of links.filter((text) => /[\u4e00-\u9fff]/.test(text))) {
        faults.push(`${path}: untranslated ${chinese}`)
      }
    }
  }
  await context.close()
  return [...faults, ...complaints]
}

/** Keeps a picture for people to look at. */
export async function picture(page: Page, name: string) {
  mkdirSync(artifacts, { recursive: true })
  await page.screenshot({ path: `${artifacts}/${name}.png`, fullPage: false })
}
