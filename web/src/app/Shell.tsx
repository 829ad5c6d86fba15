/** Rail, top bar, page; at 390 px a bar of five at the foot. */
import './shell.css'
import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useMe } from '@/api/session'
import { t } from '@/i18n'
import { Icon } from '@/ui/Icon'
import type { Command } from '@/ui/module'
import { Link, usePath } from '@/ui/nav'
import { usePhone } from '@/ui/usePhone'
import { OfflineBanner } from './OfflineBanner'
import { PanelHost } from './PanelHost'
import { allowed, entriesOf } from './permissions'
import { commands, navigation } from './registry'
import { TopBar } from './TopBar'
import { useShellKeys } from './useShellKeys'
import { useStream } from './useStream'

const Palette = lazy(() => import('./Palette'))
const KeyHelp = lazy(() => import('./KeyHelp'))

export type Overlay = 'palette' | 'help' | Command

const COLLAPSED = 'zk-rail'

export function Shell() {
  const me = useMe()
  const phone = usePhone()
  const [overlay, setOverlay] = useState<Overlay>()
  const items = entriesOf(navigation, me)
  const close = () => setOverlay(undefined)
  const acts = allowed(commands, me)
  useShellKeys(items, acts, setOverlay)
  useStream()
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      {!phone && <Rail />}
      <TopBar onOverlay={setOverlay} />
      <main id="main" tabIndex={-1}>
        <OfflineBanner />
        <Outlet />
      </main>
      {phone && <FootBar />}
      <Suspense>
        {overlay === 'palette' && <Palette onClose={close} onCommand={setOverlay} />}
        {overlay === 'help' && <KeyHelp onClose={close} items={items} commands={acts} />}
      </Suspense>
      {typeof overlay === 'object' && <PanelHost key={overlay.id} command={overlay} onClose={close} />}
    </div>
  )
}

function Rail() {
  const me = useMe()
  const path = usePath()
  const [narrow, setNarrow] = useState(() => localStorage.getItem(COLLAPSED) === '1')
  const toggle = () => {
    localStorage.setItem(COLLAPSED, narrow ? '0' : '1')
    setNarrow(!narrow)
  }
  return (
    <nav className="rail no-print" aria-label={t('shell.nav')} data-narrow={narrow || undefined}>
      <p className="brand" title={me?.company.name}>
        <span className="seal" aria-hidden="true">
          知
        </span>
        <span className="clip">{me?.company.name ?? t('app.name')}</span>
      </p>
      <ul>
        {entriesOf(navigation, me).map((item) => (
          <li key={item.to} title={narrow ? item.label() : undefined}>
            <Link to={item.to} current={isBelow(path, item.under)}>
              <Icon name={item.icon} />
              <span>{item.label()}</span>
            </Link>
          </li>
        ))}
      </ul>
      <button type="button" className="rail-toggle" aria-expanded={!narrow} onClick={toggle}>
        <Icon name={narrow ? 'right' : 'left'} />
        <span>{narrow ? t('shell.expand') : t('shell.collapse')}</span>
      </button>
    </nav>
  )
}

/** Whether one is on a page of an entry; the home page is only itself. */
function isBelow(path: string, address: string): boolean {
  return address !== '/' && `${path}/`.startsWith(`${address}/`)
}

function FootBar() {
  const me = useMe()
  const path = usePath()
  const [openAt, setOpenAt] = useState<string>()
  // Going somewhere closes it.
  const open = openAt === path
  const items = entriesOf(navigation, me)
  const shown = items.length > 5 ? items.slice(0, 4) : items
  const rest = items.slice(shown.length)
  return (
    <nav className="foot no-print" aria-label={t('shell.nav')}>
      {open && (
        <ul className="foot-more">
          {rest.map((item) => (
            <li key={item.to}>
              <Link to={item.to} current={isBelow(path, item.under)}>
                <Icon name={item.icon} />
                <span>{item.label()}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <ul>
        {shown.map((item) => (
          <li key={item.to}>
            <Link to={item.to} current={isBelow(path, item.under)}>
              <Icon name={item.icon} />
              <span>{item.label()}</span>
            </Link>
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <button type="button" aria-expanded={open} onClick={() => setOpenAt(open ? undefined : path)}>
              <Icon name="menu" />
              <span>{t('shell.more')}</span>
            </button>
          </li>
        )}
      </ul>
    </nav>
  )
}
