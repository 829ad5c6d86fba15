import { useEffect, useRef } from 'react'
import { Link, usePath } from './nav'

/** On a phone the pages, or the views of one, are a line that scrolls: the present one must be seen. */
export function useCurrentSeen(view?: string) {
  const nav = useRef<HTMLElement>(null)
  const path = usePath()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page or view is the reason to run
  useEffect(() => {
    const row = nav.current
    const current = row?.querySelector('[aria-current]')?.getBoundingClientRect()
    if (!row || !current) return
    const { left, width } = row.getBoundingClientRect()
    row.scrollLeft += current.left + current.width / 2 - left - width / 2
  }, [path, view])
  return nav
}

/** The few pages that belong together, beside their common heading. */
export function Subnav({ label, pages }: { label: string; pages: { to: string; label: string; exact?: boolean }[] }) {
  const nav = useCurrentSeen()
  return (
    <nav ref={nav} className="subnav no-print" aria-label={label}>
      {pages.map((page) => (
        <Link key={page.to} to={page.to} exact={page.exact}>
          {page.label}
        </Link>
      ))}
    </nav>
  )
}
