/** What a person may decide about a duty. Each decision has a reason that stays in its history for ever. */
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { Area, DateTimeField, Dialog, Form, Menu, type MenuItem, required, toast, useForm } from '@/ui'
import { isOpen } from './duty-words'
import type { Duty } from './model'
import { pauseDuty, postponeDuty, resumeDuty, useRefresh, waiveDuty } from './queries'
import { t } from './words'

type Act = 'waive' | 'pause' | 'postpone'

export function DutyActs({ duty }: { duty: Duty }) {
  const can = useCan()
  const refresh = useRefresh()
  const [act, setAct] = useState<Act>()
  const resume = async () => {
    try {
      await resumeDuty(duty.id)
      toast(t('duty.resumed_done'))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  const items = actsOf(duty, can('duty', 'approve'), can('duty', 'update'), setAct, () => void resume())
  if (items.length === 0) return null
  return (
    <>
      <Menu items={items}>
        <button type="button" className="as-button small">
          {words('more')}
        </button>
      </Menu>
      <Dialog title={act ? t(`duty.${act}`) : ''} open={act !== undefined} onClose={() => setAct(undefined)} size={420}>
        {act && <Decision duty={duty} act={act} onDone={() => setAct(undefined)} />}
      </Dialog>
    </>
  )
}

function actsOf(
  duty: Duty,
  mayApprove: boolean,
  mayUpdate: boolean,
  open: (act: Act) => void,
  resume: () => void,
): MenuItem[] {
  const items: MenuItem[] = []
  if (mayUpdate && duty.state === 'open') items.push({ label: t('duty.postpone'), onClick: () => open('postpone') })
  if (!mayApprove) return items
  if (duty.state === 'paused') items.push({ label: t('duty.resume'), onClick: resume })
  if (duty.state === 'open' && duty.pausable) items.push({ label: t('duty.pause'), onClick: () => open('pause') })
  if (isOpen(duty) || duty.state === 'missed' || duty.state === 'late') {
    items.push({ label: t('duty.waive'), onClick: () => open('waive') })
  }
  return items
}

type Values = { until: string | null; reason: string }

function Decision({ duty, act, onDone }: { duty: Duty; act: Act; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { until: null, reason: '' },
    check: required<Values>({ reason: t('duty.reason'), ...(act === 'postpone' && { until: t('duty.until') }) }),
    submit: async ({ until, reason }) => {
      if (act === 'waive') await waiveDuty(duty.id, reason.trim())
      else if (act === 'pause') await pauseDuty(duty.id, reason.trim())
      else await postponeDuty(duty.id, until ?? '', reason.trim())
      toast(
        t(({ waive: 'duty.waived_done', pause: 'duty.paused_done', postpone: 'duty.postponed_done' } as const)[act]),
      )
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} submitLabel={t(`duty.${act}`)} onCancel={onDone}>
      {act === 'postpone' && <DateTimeField label={t('duty.until')} required {...form.bind('until')} />}
      <Area label={t('duty.reason')} hint={t('duty.reason_hint')} required autoFocus {...form.bind('reason')} />
    </Form>
  )
}
