import { useEffect } from 'react'
import { t } from '@/i18n'

/** The name of the tab in the browser. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title
    document.title = `${title} · ${t('app.name')}`
    return () => {
      document.title = before
    }
  }, [title])
}
