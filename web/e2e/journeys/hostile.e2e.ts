/**
 * Hostile strings and files against a running server (acceptance of the archive): five thousand strings come in by a
 * sheet in every column, are asked for by every filter of every list, and are written by hand into what people write;
 * bombs, lies and files with hostile names are sent. The server never stumbles and holds no more than 64 MiB more than
 * an ordinary day made it hold; and no script of theirs runs in the pages that show them.
 */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { disguised, endless, files, NAMES, nested, png, sheets } from '../bombs'
import { DESK, openBrowser, openWindow, picture, settled } from '../browser'
import { PASSWORD } from '../company'
import { HOSTILE, HUGE, hostileStrings, wellFormed } from '../hostile'
import { type Server, startServer } from '../server'

const START = '2026-11-23T01:30:00Z'
/** MiB. */
const GROWTH_MOST = 64
const AT_ONCE = 8
const strings = hostileStrings()
/** At row n, column k has another string than any other column; over all rows each column has each. */
const at = (n: number, k: number) => strings[(n + k * 557) % HOSTILE] ?? ''

/** What a sheet can say in free words, of a customer and its contact. */
const WORDS = ['name', 'short_name', 'address', 'main_business', 'core_need', 'organisation', 'preferences', 'notes']
const PERSON_WORDS = ['contact.name', 'contact.position', 'contact.department', 'contact.preferences']
/** What has a form of its own: most of what is sent does not fit and is told row by row. */
const FORMED = ['name', 'number', 'kind', 'credit_code', 'grade', 'owner', 'industry', 'region', 'website', 'phone']
const MORE_FORMED = [
  'email',
  'wechat',
  'id_number',
  'staff_count',
  'annual_revenue_fen',
  'founded_on',
  'source',
  'tags',
]
const PERSON_FORMED = ['contact.name', 'contact.salutation', 'contact.phone', 'contact.email', 'contact.wechat']

/** What a page must show as letters. */
const SCRIPTS = strings.slice(0, 165).filter((text) => text.includes('__hacked'))
const PAGES = [
  '/',
  '/customers',
  '/customers?sort=name',
  '/customers/duplicates',
  '/customers/quality',
  '/customers/verification',
  '/customers/grades',
  '/customers/handovers',
  '/customers/bulk',
  '/customers/bin',
  '/interactions',
  '/todos',
  '/team',
  '/policy/duties',
  '/settings/audit',
  '/settings/jobs',
  '/settings/requests',
  '/settings/purposes',
  '/settings/people',
  '/settings/posts',
  '/settings/roles',
  '/settings/custom-fields',
  '/settings/notifications',
]

let server: Server
let browser: Browser
let page: Page
let cookie = ''
/** What the server called its own before, and at most since. */
let before = 0
let most = 0
let watch: ReturnType<typeof setInterval>

type Answer = { status: number; body: Record<string, unknown> }
type Found = { items: { id: string }[] }

/** Nobody is answered with a stumble, whatever they ask. */
async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = body instanceof FormData
  const raw = form || body instanceof Uint8Array
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      cookie,
      origin: server.url,
      ...(body && !raw ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    body: raw ? (body as BodyInit) : body === undefined ? undefined : JSON.stringify(body),
  }).catch((problem) => {
    // A file may be refused before all of it has come: what counts is that the server goes on.
    if (!raw) throw problem
    return undefined
  })
  if (!answer) return { status: (await fetch(`${server.url}/readyz`)).ok ? 413 : 500, body: {} }
  const text = await answer.text()
  if (answer.status >= 500) throw new Error(`${method} ${path.slice(0, 300)}: ${answer.status} ${text}`)
  if (answer.status === 204 || !text.startsWith('{')) return { status: answer.status, body: {} }
  return { status: answer.status, body: JSON.parse(text) }
}

/** Many questions, a few at a time; how many were taken. */
async function all<T>(items: T[], act: (item: T, n: number) => Promise<Answer>): Promise<number> {
  let next = 0
  let taken = 0
  const worker = async () => {
    while (next < items.length) {
      const n = next++
      const { status } = await act(items[n] as T, n)
      if (status < 300) taken++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return taken
}

/** A text file holds no zero bytes and no half characters; a file that has some is none, and is refused as a whole. */
const readable = (text: string) => wellFormed(text).replaceAll('\u0000', '')

/** What has room for a name only. */
const brief = (text: string) => readable(text).slice(0, 20)

function table(rows: string[][]): FormData {
  const line = (cells: string[]) => cells.map((cell) => `"${readable(cell).replaceAll('"', '""')}"`).join(',')
  const form = new FormData()
  form.append('file', new File([rows.map(line).join('\r\n')], '客户.csv'))
  return form
}

/** Brings a sheet in, each column to its field; how many customers it made. */
async function bring(fields: string[], rows: string[][], dry_run = false): Promise<number> {
  const { body: sent, status } = await ask('POST', '/imports', table([fields.map((field) => `列 ${field}`), ...rows]))
  expect(status, JSON.stringify(sent)).toBe(201)
  const columns = fields.map((field, index) => ({ index, field }))
  return (await start(sent.id, columns, dry_run)).created
}

/** Says what the columns are, runs the import, and fetches the rows that were not taken. */
async function start(id: unknown, columns: { index: number; field: string }[], dry_run: boolean) {
  const mapping = { columns, duplicates: 'create', basis: { basis: 'contract' } }
  const mapped = await ask('PUT', `/imports/${id}/mapping`, mapping)
  expect(mapped.status, JSON.stringify(mapped.body)).toBe(200)
  const { body: started } = await ask('POST', `/imports/${id}/start`, { dry_run })
  const result = await finished(started.job_id as string)
  await fetch(`${server.url}/api/v1/imports/${id}/rejected`, { headers: { cookie } }).then((one) => one.arrayBuffer())
  return result as { created: number }
}

async function finished(job: string): Promise<unknown> {
  for (;;) {
    const { body, status } = await ask('GET', `/jobs/${job}`)
    if (body.state === 'done') return body.result
    if (body.state === 'failed' || status >= 400) throw new Error(JSON.stringify(body))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Every text that a list can be filtered by, and words. */
const FILTERS: [list: string, texts: string[], words: string[]][] = [
  [
    '/customers',
    ['name', 'short_name', 'number', 'credit_code', 'main_business', 'core_need', 'x1'],
    ['kind', 'industry', 'region', 'source', 'tags', 'grade'],
  ],
  ['/interactions', ['content', 'feedback', 'next_plan'], ['kind', 'grade', 'check_in']],
  ['/todos', ['title'], ['priority']],
  ['/users', ['name', 'login'], []],
  ['/bin', ['title'], ['kind']],
  ['/audit', [], ['action', 'entity', 'ip']],
  ['/duties', [], ['clause', 'rule', 'state', 'occurrence']],
  ['/subject_requests', [], ['state', 'kind']],
  ['/grade_proposals', [], ['state', 'to_grade']],
]

/** Each field of a list asks for another string; each is the first to be asked for in its turn. */
function question([list, texts, words]: (typeof FILTERS)[number], n: number): string {
  const fields = [...texts, ...words]
  const conditions = fields.map((field, k) => {
    const value = wellFormed(at(n, k))
    if ((n + k) % 3 === 2) return [field, 'in', [value]]
    return [field, (n + k) % 3 === 0 && texts.includes(field) ? 'contains' : 'eq', value]
  })
  const turned = fields.map((_, k) => conditions[(n + k) % fields.length])
  return `${list}?limit=3&filter=${encodeURIComponent(JSON.stringify(turned))}`
}

const send = (path: string, name: string, content: BlobPart) => {
  const form = new FormData()
  form.append('file', new File([content], name))
  return ask('POST', path, form)
}

/** Browsers write the name of a file with care; this does not. */
function sendRaw(path: string, name: string, content: string) {
  const edge = 'zhike-edge'
  const head = `--${edge}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\n`
  return ask('POST', path, new Uint8Array(Buffer.from(`${head}${content}\r\n--${edge}--\r\n`)), {
    'content-type': `multipart/form-data; boundary=${edge}`,
  })
}

/** An ordinary day: a sheet, lists, searches, a file, a picture, a form in print, and an export. */
async function ordinaryDay() {
  await bring(
    [...WORDS, ...PERSON_WORDS],
    Array.from({ length: 2_000 }, (_, n) =>
      [...WORDS, ...PERSON_WORDS].map((field) => `${field} 第 ${n} 家客户的说明`),
    ),
  )
  const { body } = await ask('GET', '/customers?limit=200')
  const first = (body as unknown as Found).items[0]?.id
  await all(Array.from({ length: 400 }), (_, n) =>
    ask('GET', `/customers?limit=50&q=${encodeURIComponent(`第 ${n} 家`)}`),
  )
  await all(Array.from({ length: 100 }), (_, n) => ask('GET', `/search?q=${encodeURIComponent(`第 ${n}`)}`))
  await all(Array.from({ length: AT_ONCE }), () =>
    send(`/customers/${first}/attachments?of_kind=customer`, '现场.png', png(2_000, 2_000)),
  )
  await ask('POST', `/customers/${first}/documents`, { sheet: 'archive', format: 'pdf' })
  const { body: begun } = await ask('POST', '/customers/export', { columns: ['name', 'notes'], format: 'xlsx' })
  await finished(begun.job_id as string)
}

beforeAll(async () => {
  server = await startServer(START)
  const token = new URL(server.setupLink).searchParams.get('token')
  const admin = { name: '周敏', login: 'admin', password: PASSWORD }
  const founded = await ask('POST', '/setup', { token, company: '晨光精密', time_zone: 'Asia/Shanghai', admin })
  expect(founded.status).toBeLessThan(300)
  const entered = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ login: 'admin', password: PASSWORD }),
  })
  cookie = entered.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  await ask('POST', '/policies/adopt', { keys: ['R1', 'R3', 'R4'] })
  await ask('POST', '/settings/custom_fields', {
    entity: 'customer',
    kind: 'text',
    class: 'ordinary',
    zh: '备忘',
    en: 'Memo',
    searchable: true,
  })
  browser = await openBrowser()
  const window = await openWindow(browser, server.url, DESK)
  page = window.page
  await window.context.addCookies(
    cookie.split('; ').map((one) => {
      const [name = '', value = ''] = one.split('=')
      return { name, value, url: server.url }
    }),
  )
  await ordinaryDay()
  await page.goto('/')
  await settled(page)
  before = server.memory().own
  watch = setInterval(() => {
    most = Math.max(most, server.memory().own)
  }, 10)
})

afterAll(async () => {
  clearInterval(watch)
  await browser?.close()
  await server?.stop()
})

describe.sequential('five thousand hostile strings', () => {
  let ids: string[] = []

  test('are asked for by every filter of every list, and searched for', async () => {
    for (const list of FILTERS) {
      // Words are compared with the few that there are, whatever they say.
      const asked = list[1].length > 0 ? strings : strings.slice(0, HOSTILE / 5)
      await all(asked, (_, n) => ask('GET', question(list, n)))
    }
    await all(strings, (text) => ask('GET', `/search?q=${encodeURIComponent(wellFormed(text))}`))
  })

  test('come in by a sheet, in every column, and are found again', async () => {
    const columns = [...WORDS, ...PERSON_WORDS, 'x1']
    const rows = strings.map((_, n) => columns.map((_, k) => (k === 0 ? `${n} ${at(n, k)}` : at(n, k))))
    expect(await bring(columns, rows)).toBeGreaterThan(HOSTILE / 2)
    const formed = [...FORMED, ...MORE_FORMED, ...PERSON_FORMED]
    await bring(
      formed,
      strings.map((_, n) => formed.map((_, k) => at(n, k))),
      true,
    )
    const some = strings.filter((_, n) => n % 25 === 0)
    await all(some, (text, n) =>
      ask('GET', `/customers?q=${encodeURIComponent(wellFormed(text))}&cursor=${n % 2 ? '' : 'x'}`),
    )
    for (const list of FILTERS.slice(0, 3)) await all(some, (_, n) => ask('GET', question(list, n * 25)))
    const { body } = await ask('GET', '/customers?limit=200&sort=-created_at')
    ids = (body as unknown as Found).items.map(({ id }) => id)
    expect(ids).toHaveLength(200)
  })

  test('are written by hand, into all that people write', async () => {
    const ones = strings.filter((_, n) => n % 10 === 0)
    const persons: string[] = []
    await all(ids, async (id, n) => {
      const found = await ask('GET', `/customers/${id}/contacts`)
      persons[n] = (found.body as unknown as Found).items[0]?.id ?? ''
      return found
    })
    const once = (text: string) => ({ allow_duplicate: true, duplicate_reason: text })
    const written: [what: string, path: string, body: (text: string, n: number) => unknown][] = [
      [
        'customers',
        '/customers',
        (text, n) => ({ name: text, notes: at(n, 1), tags: [at(n, 2)], custom: { x1: at(n, 3) }, ...once(at(n, 4)) }),
      ],
      [
        'contacts',
        '/customers/:id/contacts',
        (text, n) => ({
          name: text,
          position: at(n, 5),
          department: at(n, 6),
          wechat: at(n, 7),
          preferences: at(n, 8),
        }),
      ],
      [
        'records',
        '/customers/:id/interactions',
        (text, n) => ({ kind: 'phone', at: START, content: text, feedback: at(n, 3), next_plan: at(n, 4) }),
      ],
      ['events', '/customers/:id/events', (content) => ({ kind: 'other', happened_at: START, content })],
      [
        'deals',
        '/customers/:id/cooperation',
        (text, n) => ({
          kind: 'order',
          happened_on: '2026-11-01',
          items: [text],
          number: at(n, 5),
          problems: at(n, 6),
        }),
      ],
      ['departments of a customer', '/customers/:id/chart', (name) => ({ name })],
      [
        'relations',
        '/customers/:id/relations',
        (note, n) => ({ kind: 'partner', other_id: ids[(n * 3 + 1) % 200], note }),
      ],
      [
        'consents',
        '/customers/:id/consents',
        (proof, n) => ({
          contact_id: persons[n % 200],
          channel: 'phone',
          decision: 'given',
          purpose: 'marketing',
          proof,
        }),
      ],
      [
        'requests',
        '/customers/:id/subject_requests',
        (content, n) => ({ contact_id: persons[n % 200], asker: 'oneself', channel: 'phone', kind: 'copy', content }),
      ],
      [
        'verifications',
        '/customers/:id/verifications',
        (note, n) => ({ items: [{ field: 'address', result: 'changed', value: at(n, 5) }], note }),
      ],
      ['to-dos', '/todos', (title, n) => ({ title, customer_id: ids[n % 200] })],
      ['views', '/views', (name) => ({ list: 'customers', name, state: { q: name } })],
      ['posts', '/posts', (name) => ({ name })],
      ['roles', '/roles', (name) => ({ name, permissions: {}, fields: {} })],
      ['tokens', '/tokens', (name) => ({ name })],
      [
        'fields',
        '/settings/custom_fields',
        (zh, n) => ({
          entity: 'contact',
          kind: 'choice',
          class: 'ordinary',
          zh: brief(zh),
          en: brief(at(n, 5)),
          choices: [{ zh: brief(at(n, 6)) }],
        }),
      ],
      ['people', '/users', (name, n) => ({ name, login: n % 2 ? `p${n}` : at(n, 5) })],
    ]
    const none: string[] = []
    for (const [what, path, body] of written) {
      const few = ['posts', 'roles', 'tokens', 'fields', 'people', 'views'].includes(what)
      const some = few ? ones.filter((_, n) => n % 8 === 0) : ones
      const sent = await all(some, (text, n) => ask('POST', path.replace(':id', ids[n % 200] ?? ''), body(text, n)))
      if (sent === 0) {
        const { body: why } = await ask('POST', path.replace(':id', ids[0] ?? ''), body('甲', 0))
        none.push(`${what}: ${JSON.stringify(why)}`)
      }
    }
    expect(none, 'nothing of it was taken').toEqual([])
    await all(ones, (text, n) =>
      ask('PUT', `/customers/${ids[n % 200]}/key_facts/${n % 2 ? 'name' : encodeURIComponent(readable(text))}`, {
        why: text,
      }),
    )
    await all(ones, (text, n) =>
      ask('POST', `/customers/${ids[n % 200]}/reveal`, { field: n % 2 ? 'phone' : text, reason: text }),
    )
    await all(ones.slice(0, 60), (text) =>
      ask('POST', '/customers/bulk/preview', { act: { act: 'tags', add: [text] }, selection: { q: text } }),
    )
    await ask('PUT', `/customers/${ids[0]}/contacts/${persons[0]}/no_contact`, { reason: strings[40] })
    const moved = { act: { act: 'tags', add: [strings[41], strings[42]] }, selection: { ids: ids.slice(0, 20) } }
    expect((await ask('POST', '/customers/bulk', moved)).status).toBeLessThan(300)
    for (const text of HUGE) {
      const { status } = await ask('POST', '/customers', { name: text, notes: text })
      expect(status).toBeGreaterThanOrEqual(400)
      await ask('POST', `/customers/${ids[0]}/interactions`, { kind: 'phone', at: START, content: text })
      await ask('GET', `/customers?q=${encodeURIComponent(text.slice(0, 5_000))}`)
    }
  })

  test('files that would go off, lie, or lead elsewhere do not', async () => {
    const calm = server.memory().resident
    server.forgetPeak()
    for (const [name, content] of sheets()) {
      const { status } = await send('/imports', name, content)
      expect(status, name).toBeGreaterThanOrEqual(400)
    }
    const { body: sent, status: taken } = await send('/imports', '没完没了.xlsx', endless())
    expect(taken).toBe(201)
    const fields = Array.from({ length: 40 }, (_, index) => ({ index, field: index === 0 ? 'name' : 'notes' }))
    expect(await start(sent.id, fields, false)).toMatchObject({ created: 0 })
    const hang = `/customers/${ids[0]}/attachments?of_kind=customer`
    for (const [name, content] of files()) {
      const { status } = await send(hang, name, content)
      expect(status, name).toBeGreaterThanOrEqual(400)
    }
    // All at once they are no worse.
    await all(
      files()
        .filter(([name]) => name.endsWith('.png') || name.endsWith('.zip'))
        .flatMap((one) => [one, one, one]),
      ([name, content]) => send(hang, name, content),
    )
    // The kernel has seen every moment of it.
    expect(server.memory().peak - calm).toBeLessThanOrEqual(GROWTH_MOST)
    await send(hang, '套娃.zip', nested())
    expect((await send(hang, '说明.pdf', disguised())).status).toBe(201)
    for (const name of [...NAMES, ...strings.slice(0, 170)]) {
      await send(hang, `${name}.txt`, 'text')
      await sendRaw(hang, `${name}.txt`, 'text')
      await sendRaw('/imports', `${name}.csv`, '客户名称\n华盛')
    }
    const { body } = await ask('GET', `/customers/${ids[0]}/attachments`)
    const kept = body.items as { id: string; name: string }[]
    expect(kept.length).toBeGreaterThan(NAMES.length)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(kept.filter(({ name }) => /[/\\\u0000-\u001f\u202a-\u202e\u2066-\u2069]/.test(name))).toEqual([])
    for (const { id, name } of kept.slice(0, 60)) {
      const file = await fetch(`${server.url}/api/v1/customers/${ids[0]}/attachments/${id}/file`, {
        headers: { cookie },
      })
      expect(file.headers.get('content-disposition'), name).toMatch(/^attachment;/)
      expect(file.headers.get('content-security-policy'), name).toContain('sandbox')
      expect(file.headers.get('x-content-type-options'), name).toBe('nosniff')
      await file.arrayBuffer()
    }
  })

  test('are printed and exported', async () => {
    const chosen = { ids: ids.slice(0, 40) }
    for (const format of ['pdf', 'docx', 'xlsx']) {
      for (const sheet of ['archive', 'interactions']) {
        await all(ids.slice(0, 12), (id) => ask('POST', `/customers/${id}/documents`, { sheet, format }))
        const { body } = await ask('POST', '/customers/documents', { document: { sheet, format }, ...chosen })
        if (body.job_id) await finished(body.job_id as string)
      }
    }
    for (const format of ['xlsx', 'csv']) {
      const columns = ['name', 'short_name', 'address', 'main_business', 'core_need', 'tags', 'notes', 'x1']
      const { body } = await ask('POST', '/customers/export', { columns, format })
      await finished(body.job_id as string)
      const { body: talks } = await ask('POST', '/interactions/export', { format })
      await finished(talks.job_id as string)
    }
  })

  test('run no script in the pages that show them', async () => {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const opened: string[] = []
    page.context().on('page', (other) => opened.push(other.url()))
    const hacked = () => page.evaluate(() => '__hacked' in globalThis || '__hacked' in document.documentElement)
    const shown = async (what: string) => {
      await settled(page)
      expect(await hacked(), what).toBe(false)
    }
    const own = [ids[0], ids[3], ids[100]].flatMap((id) =>
      ['', '?tab=files', '?tab=chart', '?tab=group', '?tab=cooperation', '?tab=verifications'].map(
        (tab) => `/customers/${id}${tab}`,
      ),
    )
    // What has a dot names a file, and there is none of that name.
    const asked = strings.filter((text, n) => n % 97 === 41 && !text.includes('.')).slice(0, 14)
    for (const path of [...PAGES, ...own]) {
      await page.goto(path)
      await page.locator('h1').first().waitFor()
      await shown(path)
    }
    for (const text of asked.map((text) => encodeURIComponent(wellFormed(text)))) {
      for (const path of [`/customers?q=${text}`, `/customers/${text}`, `/settings/audit?action=${text}`]) {
        await page.goto(path)
        await shown(path)
      }
    }
    await page.goto('/customers?sort=-created_at')
    await page.locator('tbody tr .name').first().click()
    await page.getByRole('dialog').waitFor()
    for (let n = 0; n < 15; n++) {
      await page.keyboard.press('j')
      await shown(`drawer ${n}`)
    }
    await picture(page, 'hostile-drawer')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('combobox')
    for (const text of SCRIPTS) {
      await palette.fill(text)
      await page.waitForTimeout(250)
      await shown(`palette ${text}`)
    }
    await picture(page, 'hostile-palette')
    await page.keyboard.press('Escape')
  })

  test('run no script where a sheet of them is checked', async () => {
    await page.goto('/customers/import')
    const rows = SCRIPTS.concat(strings.slice(0, 165)).map((text) => readable(text).replaceAll('"', '""'))
    const lines = ['客户名称,地址,行业,备注', ...rows.map((text, n) => `"${n}${text}","${text}","${text}","${text}"`)]
    const buffer = Buffer.from(lines.join('\r\n'))
    await page.locator('input[type=file]').setInputFiles({ name: `${SCRIPTS[0]}.csv`, mimeType: 'text/csv', buffer })
    await page.getByRole('button', { name: '检查数据' }).click()
    await page.getByRole('button', { name: /^开始导入/ }).waitFor()
    await settled(page)
    await picture(page, 'hostile-import')
    expect(await page.evaluate(() => '__hacked' in globalThis)).toBe(false)
  })

  test(`made the server hold no more than ${GROWTH_MOST} MiB more, even for a moment`, () => {
    expect(most - before).toBeLessThanOrEqual(GROWTH_MOST)
  })
})
