import '@/ui/styles'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { onPasswordNeeded, onSessionLost } from '@/api/client'
import { Offline, Problem } from '@/api/problem'
import { locale, onLocale } from '@/i18n'
import { Theme } from '@/ui/theme'
import { Toasts } from '@/ui/Undo'
import { makeRouter } from './router'
import { chooseLocale, startLocale } from './session'

chooseLocale(startLocale())

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // Asked also when the browser believes there is no network: it is often wrong, and a page must not wait in silence.
      networkMode: 'always',
      // What the server has answered does not change by asking again; a lost connection does.
      retry: (times, error) => times < 2 && !(error instanceof Problem) && !(error instanceof Offline),
    },
  },
})
const router = makeRouter(client)

const outside = ['/login', '/setup', '/password']

onSessionLost(() => {
  const { pathname, href } = router.state.location
  if (outside.includes(pathname)) return
  client.removeQueries({ queryKey: ['me'] })
  void router.navigate({ to: '/login', search: { next: href } as never })
})

onPasswordNeeded(() => {
  if (!outside.includes(router.state.location.pathname)) void router.navigate({ to: '/password' })
})

// Only static files; see there. A page that was opened before opens without a network too.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  globalThis.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined))
}

/** Another language is another key: every word on the page is drawn anew. */
function App() {
  const language = useSyncExternalStore(onLocale, locale)
  return (
    <Theme key={language}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </Theme>
  )
}

const element = document.getElementById('root')
if (element) {
  createRoot(element).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
