import { date } from '@/i18n'
import { Link, Status, type Tone } from '@/ui'
import type { Version, VersionState } from './model'
import { t } from './words'

const tones: Record<VersionState, Tone> = {
  draft: 'none',
  submitted: 'warn',
  approved: 'accent',
  effective: 'good',
  superseded: 'none',
  rejected: 'bad',
}

export function VersionStatus({ state }: { state: VersionState }) {
  return <Status tone={tones[state]}>{t(`version.state.${state}`)}</Status>
}

/** Every version of a regulation: who wrote it, who decided, since when it holds. */
export function VersionHistory({ versions }: { versions: Version[] }) {
  return (
    <ol className="versions">
      {versions.map((version) => (
        <li key={version.id}>
          <div className="row wrap between">
            <Link to={`/policy/versions/${version.id}`}>{t('version.title', { n: version.number })}</Link>
            <VersionStatus state={version.state} />
          </div>
          <p className="row wrap dim">
            <span>
              {t('version.author')} {version.author.name} {date(version.created_at)}
            </span>
            {version.approver && (
              <span>
                {t('version.approver')} {version.approver.name}
              </span>
            )}
            {version.effective_on && (
              <span>
                {t('version.effective_on')} {date(version.effective_on)}
              </span>
            )}
          </p>
          {version.note && <p>{version.note}</p>}
          {version.reason && (
            <p className="late">
              {t('version.reason')}: {version.reason}
            </p>
          )}
        </li>
      ))}
    </ol>
  )
}
