/** Draws a component inside router, queries and theme, as the console does; answers for the server. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { vi } from 'vitest'
import { formatSearch, parseSearch } from '@/ui/nav'
import { Theme } from '@/ui/theme'

export async function draw(element: ReactNode, url = '/') {
  const root = createRootRoute()
  const page = createRoute({ getParentRoute: () => root, path: '$', component: () => element })
  const home = createRoute({ getParentRoute: () => root, path: '/', component: () => element })
  const history = createMemoryHistory({ initialEntries: [url] })
  const router = createRouter({
    routeTree: root.addChildren([home, page]),
    history,
    parseSearch,
    stringifySearch: formatSearch,
  })
  await router.load()
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const view = render(
    <Theme>
      <QueryClientProvider client={client}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </Theme>,
  )
  return { ...view, router, client }
}

type Reply = { status?: number; body?: unknown }
export type Call = { method: string; path: string; search: URLSearchParams; body: unknown; headers: Headers }

/** Replaces the network: `answer` sees every call and replies. The calls are kept for the test to look at. */
export function server(answer: (call: Call) => Reply | undefined): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (input: Request | string, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, 'http://localhost'), init)
    const url = new URL(request.url)
    const text = await request.text()
    const call = {
      method: request.method,
      path: url.pathname,
      search: url.searchParams,
      body: text && request.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined,
      headers: request.headers,
    }
    calls.push(call)
    const { status = 200, body = {} } = answer(call) ?? { status: 404, body: { code: 'not_found', status: 404 } }
    return new Response(status === 204 ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  })
  return calls
}
