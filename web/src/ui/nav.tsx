/** Moving about. The URL is the state of a view; rooms use these and never the router itself. */
import { Link as RouterLink, useNavigate, useParams as useRouterParams, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useCallback } from 'react'

export type Search = Record<string, string>

/** `?a=1&b=x` ⇄ plain strings: short, readable, safe to share. */
export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text))
}

export function formatSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

function split(to: string): { to: string; search: Search; hash?: string } {
  const url = new URL(to, 'http://x')
  return { to: url.pathname, search: parseSearch(url.search), hash: url.hash.slice(1) || undefined }
}

/** `go('/customers?open=…')` */
export function useGo(): (to: string, options?: { replace?: boolean }) => void {
  const navigate = useNavigate()
  return useCallback((to, options) => void navigate({ ...split(to), ...options }), [navigate])
}

type LinkProps = {
  to: string
  children: ReactNode
  className?: string
  /** Current on this very page only, not on those below it. */
  exact?: boolean
  /** Current whatever its address says. */
  current?: boolean
}

export function Link({ to, children, className, exact, current }: LinkProps) {
  return (
    <RouterLink
      {...split(to)}
      className={className}
      aria-current={current ? 'page' : undefined}
      activeProps={{ 'aria-current': 'page' }}
      // Every address begins with the one of the home page.
      activeOptions={{ exact: exact ?? to === '/', includeSearch: to.includes('?') }}
    >
      {children}
    </RouterLink>
  )
}

export function useSearch(): Search {
  return useRouterState({ select: (state) => state.location.search as Search })
}

export type SetSearch = (change: Record<string, string | undefined>, options?: { replace?: boolean }) => void

/** Changes some search parameters and keeps the others. */
export function useSetSearch(): SetSearch {
  const navigate = useNavigate()
  return useCallback(
    (change, options) =>
      void navigate({
        to: '.',
        search: ((before: Search) =>
          Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, v]) => v))) as never,
        replace: options?.replace ?? false,
        resetScroll: false,
      }),
    [navigate],
  )
}

export function useParam(name: string): string {
  const params = useRouterParams({ strict: false }) as Record<string, string | undefined>
  return params[name] ?? ''
}

export function usePath(): string {
  return useRouterState({ select: (state) => state.location.pathname })
}
