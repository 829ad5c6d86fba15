/**
 * The shell without a network: pages, scripts and styles that were loaded before. Static files only: answers of the
 * API are never kept here, because they are somebody's data and another person may use this browser next.
 */
export {}

type Extendable = Event & { waitUntil: (work: Promise<unknown>) => void }
type FetchEvent = Extendable & { request: Request; respondWith: (answer: Promise<Response>) => void }
type Scope = {
  location: Location
  skipWaiting: () => Promise<void>
  clients: { claim: () => Promise<void> }
  addEventListener: {
    (type: 'install' | 'activate', listener: (event: Extendable) => void): void
    (type: 'fetch', listener: (event: FetchEvent) => void): void
  }
}

const worker = globalThis as unknown as Scope
const CACHE = 'zhike-shell-1'
/** Files of old builds leave when there are more than this; names carry a hash, so what stays is never wrong. */
const KEPT_MOST = 240

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))
worker.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (isStatic(url.pathname)) event.respondWith(file(request))
})

/** A white list: whatever is not named here goes to the network untouched. */
function isStatic(path: string): boolean {
  return path.startsWith('/assets/') || path === '/boot.js' || path === '/favicon.svg'
}

async function install(): Promise<void> {
  const answer = await fetch('/', { cache: 'no-cache' })
  if (answer.ok) await keepShell(answer)
  await worker.skipWaiting()
}

/** The page and what it names: enough to start. Other chunks are kept as they are used. */
async function keepShell(answer: Response): Promise<void> {
  const cache = await caches.open(CACHE)
  const html = await answer.clone().text()
  await cache.put('/', answer)
  const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((found) => found[1] ?? '')
  await Promise.all(named.filter(isStatic).map((path) => cache.add(path).catch(() => undefined)))
}

async function activate(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))
  const cache = await caches.open(CACHE)
  const kept = await cache.keys()
  await Promise.all(kept.slice(0, Math.max(0, kept.length - KEPT_MOST)).map((request) => cache.delete(request)))
  await worker.clients.claim()
}

/** The newest page when there is a network, the kept one when there is none. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  try {
    const answer = await fetch(request)
    // Every address of the console is the same page; downloads and the like are not.
    if (answer.ok && answer.headers.get('content-type')?.startsWith('text/html')) await cache.put('/', answer.clone())
    return answer
  } catch (error) {
    const kept = await cache.match('/')
    if (kept) return kept
    throw error
  }
}

/** Named by their content: what is kept is right for ever. The two without a hash are asked for anew. */
async function file(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE)
  const hashed = new URL(request.url).pathname.startsWith('/assets/')
  const kept = await cache.match(request)
  if (kept && hashed) return kept
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(request, answer.clone())
    return answer
  } catch (error) {
    if (kept) return kept
    throw error
  }
}
