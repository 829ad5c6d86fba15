import { dateTime } from '@/i18n'
import { CopyButton, Notice } from '@/ui'
import type { Invitation } from './queries'
import { t } from './words'
import './people.css'

/** Shown once: whoever has the link sets the password. */
export function LinkNotice({ name, invitation }: { name: string; invitation: Invitation }) {
  return (
    <Notice tone="good">
      {t('user.link_why', { name, when: dateTime(invitation.expires_at) })}
      <div className="row one-time">
        <code>{invitation.link}</code>
        <CopyButton text={invitation.link} what={t('user.link')} />
      </div>
    </Notice>
  )
}
