/** Entering and leaving the console. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { redirect } from '@tanstack/react-router'
import { useCallback } from 'react'
import { api, call } from '@/api/client'
import { Problem } from '@/api/problem'
import { type Me, meQuery } from '@/api/session'
import { type Locale, setLocale } from '@/i18n'
import { useColourScheme } from '@/ui/scheme'

const LOCALE = 'zk-locale'

/** The person's own choice, then what this browser used last, then the browser's language. */
export function startLocale(): Locale {
  const stored = localStorage.getItem(LOCALE)
  if (stored === 'zh' || stored === 'en') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export function chooseLocale(locale: Locale): void {
  localStorage.setItem(LOCALE, locale)
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
  setLocale(locale)
}

/** Before any page of the shell: who is it? Nobody → to the login page, which comes back to this address. */
export async function requireSession(client: QueryClient, href: string): Promise<Me> {
  let me: Me
  try {
    me = await client.ensureQueryData(meQuery)
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    if (await setupNeeded()) throw redirect({ to: '/setup' })
    throw redirect({ to: '/login', search: href === '/' ? {} : { next: href } })
  }
  if (me.locale === 'zh' || me.locale === 'en') chooseLocale(me.locale)
  if (me.must_change_password) throw redirect({ to: '/password' })
  return me
}

async function setupNeeded(): Promise<boolean> {
  const answer = await call(api.GET('/api/v1/setup')).catch(() => ({ needed: false }))
  return answer.needed
}

/** Only addresses of this console: a link must not lead elsewhere after login. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/'
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient()
  return useCallback(async () => {
    await call(api.DELETE('/api/v1/session')).catch(() => undefined)
    client.clear()
    // A fresh page: nothing of the last person stays in memory.
    globalThis.location.assign('/login')
  }, [client])
}

/** Another language, here at once and kept for other devices. */
export function useSpeak(): (next: Locale) => void {
  return useCallback((next) => {
    chooseLocale(next)
    void call(api.PATCH('/api/v1/me', { body: { locale: next } })).catch(() => undefined)
  }, [])
}

/** Another look, here at once and kept for other devices. */
export function usePaint() {
  const { scheme, setScheme } = useColourScheme()
  const paint = (next: typeof scheme) => {
    setScheme(next)
    void call(api.PATCH('/api/v1/me', { body: { theme: next } })).catch(() => undefined)
  }
  return { scheme, setScheme: paint }
}
