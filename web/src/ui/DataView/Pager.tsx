import { count, t } from '@/i18n'
import { Button } from '../Button'
import type { Found } from './types'

type Props = {
  count: number
  /** How many there are, counted up to a bound. */
  found?: Found
  more?: () => void
  busy: boolean
}

/** The list gets longer. No page numbers, because nobody counts a million rows for them. */
export function Pager({ count: n, found, more, busy }: Props) {
  const shown = () => {
    if (!more) return t('list.whole', { n: count(n) })
    if (!found) return t('list.rows', { n: count(n) })
    return t(found.more ? 'list.of_more' : 'list.of', { n: count(n), total: count(found.count) })
  }
  return (
    <footer className="pager no-print">
      <span className="dim">{shown()}</span>
      {more && (
        <Button kind="quiet" size="xs" onClick={more} disabled={busy}>
          {t('list.load_more')}
        </Button>
      )}
    </footer>
  )
}
