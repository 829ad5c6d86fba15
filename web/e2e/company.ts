/** What journeys have in common: a company to begin with, its API as the page's own session sees it, and waiting. */
import type { Locator, Page } from 'playwright-core'

export const PASSWORD = 'a quiet morning in spring'

export type Named = { id: string; name: string }
export type Listed<T> = { items: T[]; next: string | null }
export type Compliance = { rows: { key: string; due: number; met: number; missed: number; open: number }[] }

/** What the API answers to the page's own session; with a body to a POST, with a version too to a PATCH. */
export async function api<T>(page: Page, path: string, body?: object, version?: number): Promise<T> {
  return page.evaluate(
    async ([path, body, version]) => {
      const headers = { 'content-type': 'application/json', ...(version && { 'if-match': `"${version}"` }) }
      const method = version ? 'PATCH' : 'POST'
      const answer = await fetch(`/api/v1${path}`, body ? { method, headers, body } : {})
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return answer.status === 204 ? undefined : answer.json()
    },
    [path, body && JSON.stringify(body), version] as const,
  )
}

export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}

export async function signIn(page: Page, login = 'admin') {
  await page.goto('/login')
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/login')
}

/** Sets up an empty company of 周敏's. */
export async function found(page: Page, setupLink: string) {
  await page.goto(setupLink)
  await page.getByLabel('公司名称').fill('晨光精密')
  await page.getByLabel('姓名').fill('周敏')
  await page.getByLabel('登录名').fill('admin')
  await page.locator('input[type=password]').fill(PASSWORD)
  await page.getByRole('radio', { name: /空白公司/ }).check()
  await page.getByLabel('公司名称').press('Enter')
  await page.waitForURL((url) => !url.pathname.startsWith('/setup'))
}

/** Gives 周敏 one more of the roles that every company has. */
export async function alsoIs(page: Page, builtin: string) {
  const { id } = await api<Named>(page, '/me')
  const { items } = await api<Listed<Named & { builtin: string }>>(page, '/roles')
  const user = await api<{ roles: string[]; version: number }>(page, `/users/${id}`)
  const more = items.filter((role) => role.builtin === builtin).map((role) => role.id)
  await api(page, `/users/${id}`, { roles: [...user.roles, ...more] }, user.version)
}

/** Somebody who sells, in the first department, with the link by which they come in. */
export const seller = (page: Page, login: string, name: string) => colleague(page, 'salesperson', login, name)

/** Likewise, with another of the roles that every company has. */
export async function colleague(page: Page, builtin: string, login: string, name: string) {
  const { items: departments } = await api<Listed<Named>>(page, '/departments')
  const { items: roles } = await api<Listed<Named & { builtin: string }>>(page, '/roles')
  const own = roles.filter((role) => role.builtin === builtin).map(({ id }) => id)
  type Invited = Named & { invitation: { link: string } }
  return api<Invited>(page, '/users', { login, name, department_id: departments[0]?.id, roles: own })
}

/** Conditions of a list, as the query of its address. */
export const filtered = (...conditions: unknown[]) => `filter=${encodeURIComponent(JSON.stringify(conditions))}`

/** Picks one of the choices of a field, after typing where the field searches. */
export async function choose(form: Locator, label: string, option: string | RegExp, typed?: string) {
  const field = form.getByLabel(new RegExp(`^${label}`)).first()
  await field.click()
  if (typed) await field.fill(typed)
  await form.page().getByRole('option', { name: option }).first().click()
}
