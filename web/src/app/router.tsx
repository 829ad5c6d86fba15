/** Routes come from the manifests; every room is its own chunk. */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { formatSearch, parseSearch } from '@/ui/nav'
import { Skeleton } from '@/ui/small'
import { Crashed, NotFound } from './errors'
import { allowed } from './permissions'
import { navigation, routes } from './registry'
import { Shell } from './Shell'
import { requireSession } from './session'

type Context = { client: QueryClient }

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('./LoginPage')),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./SetupPage')),
})

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  component: lazyRouteComponent(() => import('./PasswordPage')),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const me = await requireSession(context.client, location.href)
    const opening = !opened
    opened = true
    return { me, opening }
  },
})

/** Whether a page of the console has been shown since it was loaded. */
let opened = false

/** The room that has the home page shows it to those who may see it; others begin at their first page. */
const front = routes.find((route) => route.path === '/')
const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: front && lazyRouteComponent(front.load),
  beforeLoad: async ({ context }) => {
    if (front && allowed([front], context.me).length > 0) {
      const to = context.opening ? await front.begin?.(context.client, context.me) : undefined
      if (to) throw redirect({ to, replace: true })
      return
    }
    const first = allowed(navigation, context.me).find((item) => item.to !== '/')
    throw redirect({ to: first?.to ?? '/settings', replace: true })
  },
})

const pages = routes
  .filter((route) => route !== front)
  .map((route) =>
    createRoute({
      getParentRoute: () => shell,
      path: route.path,
      component: lazyRouteComponent(route.load),
      beforeLoad: ({ context }) => {
        if (allowed([route], context.me).length === 0) throw redirect({ to: '/not-found' })
      },
    }),
  )

const missing = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound })

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([login, setup, password, shell.addChildren([home, ...pages, missing])]),
    context: { client },
    parseSearch,
    stringifySearch: formatSearch,
    defaultPreload: 'intent',
    defaultErrorComponent: Crashed,
    defaultPendingComponent: () => (
      <div className="page">
        <Skeleton lines={8} />
      </div>
    ),
    scrollRestoration: true,
  })
}
