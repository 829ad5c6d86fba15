import { count, t } from '@/i18n'
import { Button } from '../Button'

type Props = { count: number; more?: () => void; busy: boolean }

/** The list gets longer. No page numbers, because nobody counts a million rows for them. */
export function Pager({ count: n, more, busy }: Props) {
  return (
    <footer className="pager no-print">
      <span className="dim">{t('list.rows', { n: count(n) })}</span>
      {more && (
        <Button kind="quiet" size="xs" onClick={more} disabled={busy}>
          {t('list.load_more')}
        </Button>
      )}
    </footer>
  )
}
