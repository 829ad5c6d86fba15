import { useEffect, useRef } from 'react'
import { t } from '@/i18n'
import { Icon } from './Icon'
import { Menu } from './Menu'
import { Link, useGo, usePath } from './nav'

/** On a phone the pages, or the views of one, are a line that scrolls: the present one must be seen. */
export function useCurrentSeen(view?: string) {
  const nav = useRef<HTMLElement>(null)
  const path = usePath()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page or view is the reason to run
  useEffect(() => {
    const row = nav.current
    const current = row?.querySelector('[aria-current]')?.getBoundingClientRect()
    if (!row || !current) return
    const { left, right } = row.getBoundingClientRect()
    // It stands first where it would be cut: in the middle it would cut its neighbours on both sides.
    if (current.left < left || current.right > right) row.scrollLeft += current.left - left
  }, [path, view])
  return nav
}

type Page = { to: string; label: string; exact?: boolean }

/** The few pages that belong together, beside their common heading; those one seldom needs behind one button. */
export function Subnav({ label, pages, more = [] }: { label: string; pages: Page[]; more?: Page[] }) {
  const nav = useCurrentSeen()
  const go = useGo()
  const path = usePath()
  const here = more.filter((page) => path === page.to || path.startsWith(`${page.to}/`))
  return (
    <nav ref={nav} className="subnav no-print" aria-label={label}>
      {[...pages, ...here].map((page) => (
        <Link key={page.to} to={page.to} exact={page.exact}>
          {page.label}
        </Link>
      ))}
      {more.length > 0 && (
        <Menu items={more.map((page) => ({ label: page.label, onClick: () => go(page.to) }))}>
          <button type="button" className="subnav-more">
            {t('shell.more')}
            <Icon name="down" />
          </button>
        </Menu>
      )}
    </nav>
  )
}
