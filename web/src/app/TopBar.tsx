import { useMe } from '@/api/session'
import { locale, t } from '@/i18n'
import { Button } from '@/ui/Button'
import { Icon } from '@/ui/Icon'
import { Menu } from '@/ui/Menu'
import { useGo } from '@/ui/nav'
import { usePhone } from '@/ui/usePhone'
import { Bell } from './Bell'
import { allowed } from './permissions'
import { commands } from './registry'
import type { Overlay } from './Shell'
import { usePaint, useSignOut, useSpeak } from './session'

export function TopBar({ onOverlay }: { onOverlay: (overlay: Overlay) => void }) {
  const me = useMe()
  const phone = usePhone()
  const quick = allowed(commands, me).filter((command) => command.quick)
  return (
    <header className="top no-print">
      <button type="button" className="ask" onClick={() => onOverlay('palette')}>
        <Icon name="search" />
        <span className="grow clip">{phone ? t('shell.search_short') : t('shell.search_hint')}</span>
        {!phone && <kbd>{/mac/i.test(navigator.platform) ? '⌘K' : 'Ctrl K'}</kbd>}
      </button>
      <span className="grow" />
      {quick[0] && (
        <Button kind="primary" icon="plus" onClick={() => quick[0] && onOverlay(quick[0])}>
          {t('shell.quick')}
        </Button>
      )}
      <Bell />
      <PersonMenu onHelp={() => onOverlay('help')} />
    </header>
  )
}

function PersonMenu({ onHelp }: { onHelp: () => void }) {
  const me = useMe()
  const go = useGo()
  const signOut = useSignOut()
  const { scheme, setScheme: paint } = usePaint()
  const speak = useSpeak()
  return (
    <Menu
      width={220}
      items={[
        { heading: t('shell.language') },
        { label: '中文', checked: locale() === 'zh', onClick: () => speak('zh') },
        { label: 'English', checked: locale() === 'en', onClick: () => speak('en') },
        { heading: t('shell.theme') },
        { label: t('shell.theme_light'), checked: scheme === 'light', onClick: () => paint('light') },
        { label: t('shell.theme_dark'), checked: scheme === 'dark', onClick: () => paint('dark') },
        { label: t('shell.theme_auto'), checked: scheme === 'auto', onClick: () => paint('auto') },
        'line',
        { label: t('shell.password'), onClick: () => go('/settings/profile') },
        { label: t('shell.help'), onClick: onHelp },
        { label: t('shell.sign_out'), onClick: () => void signOut() },
      ]}
    >
      <button type="button" className="person">
        <span className="avatar" aria-hidden="true">
          {me?.name.slice(0, 1)}
        </span>
        <span className="vh">{t('shell.person')}</span>
        <span className="person-name">{me?.name}</span>
      </button>
    </Menu>
  )
}
