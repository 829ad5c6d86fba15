import { Link } from './nav'

/** The few pages that belong together, beside their common heading. */
export function Subnav({ label, pages }: { label: string; pages: { to: string; label: string; exact?: boolean }[] }) {
  return (
    <nav className="subnav no-print" aria-label={label}>
      {pages.map((page) => (
        <Link key={page.to} to={page.to} exact={page.exact}>
          {page.label}
        </Link>
      ))}
    </nav>
  )
}
