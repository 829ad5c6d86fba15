import { count, t } from '@/i18n'
import { Button } from '../Button'

type Props = { count: number; previous?: () => void; next?: () => void; more?: () => void; busy: boolean }

/** Keyset paging: forward and back, or longer. No page numbers, because nobody counts a million rows for them. */
export function Pager({ count: n, previous, next, more, busy }: Props) {
  return (
    <footer className="pager no-print">
      <span className="dim">{t('list.rows', { n: count(n) })}</span>
      {more && (
        <Button kind="quiet" size="xs" onClick={more} disabled={busy}>
          {t('list.load_more')}
        </Button>
      )}
      <span className="grow" />
      <Button size="xs" onClick={previous} disabled={!previous}>
        {t('list.previous')}
      </Button>
      <Button size="xs" onClick={next} disabled={!next}>
        {t('list.next')}
      </Button>
    </footer>
  )
}
