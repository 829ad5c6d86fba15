import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { messageOf, Offline, Problem } from '@/api/problem'
import { t } from '@/i18n'
import { Button } from '@/ui/Button'
import { Link } from '@/ui/nav'
import { Empty } from '@/ui/small'

export function NotFound() {
  return (
    <div className="page">
      <Empty whole title={t('shell.not_found')} why={t('shell.not_found_why')}>
        <Link to="/">{t('shell.home')}</Link>
      </Empty>
    </div>
  )
}

/** One page fails, the shell stays. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const known = error instanceof Problem || error instanceof Offline
  return (
    <div className="page" role="alert">
      <Empty whole title={t('shell.crashed')} why={known ? messageOf(error) : t('shell.crashed_why')}>
        <div className="stack">
          {!known && <code>{String(error)}</code>}
          <Button
            kind="primary"
            onClick={() => {
              reset()
              void router.invalidate()
            }}
          >
            {t('shell.reload')}
          </Button>
        </div>
      </Empty>
    </div>
  )
}
