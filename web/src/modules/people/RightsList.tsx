import { type Permissions, rightsWords } from './rights'
import { t } from './words'

/** What a role allows, in sentences. */
export function RightsList({ permissions }: { permissions: Permissions }) {
  const lines = rightsWords(permissions)
  if (lines.length === 0) return <p className="dim">{t('role.none')}</p>
  return (
    <dl className="rights">
      {lines.map(({ entity, words }) => (
        <div key={entity}>
          <dt>{t(`entity.${entity}`)}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  )
}
