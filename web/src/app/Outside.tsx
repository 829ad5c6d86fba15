import './shell.css'
import type { ReactNode } from 'react'
import { type Locale, locale, t } from '@/i18n'
import { chooseLocale } from './session'

/** The sheet on which one signs in or sets up: no rail, one column. */
export function Outside({ title, intro, children }: { title: string; intro?: string; children: ReactNode }) {
  const other: Locale = locale() === 'zh' ? 'en' : 'zh'
  return (
    <main className="outside">
      <div>
        <header>
          <span className="seal" aria-hidden="true">
            知
          </span>
          <b>{t('app.name')}</b>
          <button
            type="button"
            className="link"
            lang={other === 'zh' ? 'zh-CN' : 'en'}
            onClick={() => chooseLocale(other)}
          >
            {other === 'zh' ? '中文' : 'English'}
          </button>
        </header>
        <h1>{title}</h1>
        {intro && <p className="dim">{intro}</p>}
        {children}
      </div>
    </main>
  )
}
