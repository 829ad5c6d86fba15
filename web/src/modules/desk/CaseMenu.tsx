/** Everything else that can be done about a case. */
import { messageOf, restoreRemoved, useCan } from '@/api'
import { IconButton, Menu, type MenuItem, toast, undoable } from '@/ui'
import type { Doing } from './acts'
import { type Case, removeCase, useRefresh } from './queries'
import { w } from './words'

type Props = {
  one: Case
  acts: Doing[]
  onDo: (step: Doing) => void
  onEdit: () => void
  onGone: () => void
}

/** What ends a case, or makes it part of another, stands apart. */
const APART: Doing[] = ['split', 'linked', 'merged', 'withdrawn']

export function CaseMenu({ one, acts, onDo, onEdit, onGone }: Props) {
  const can = useCan()
  const refresh = useRefresh()
  const remove = async () => {
    try {
      await removeCase(one.id)
    } catch (error) {
      return toast(messageOf(error))
    }
    onGone()
    await refresh(one.customer?.id)
    undoable(w('done.removed', { number: one.number }), () => void restore())
  }
  const restore = async () => {
    try {
      await restoreRemoved(one.id)
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(one.customer?.id)
  }
  const item = (step: Doing): MenuItem => ({
    label: w(`act.${step}`),
    danger: step === 'withdrawn',
    onClick: () => onDo(step),
  })
  const items: MenuItem[] = acts.filter((step) => !APART.includes(step)).map(item)
  const ended = one.state === 'withdrawn' || one.state === 'merged'
  if (one.may_update && !ended) items.push('line', { label: w('act.corrected'), icon: 'edit', onClick: onEdit })
  items.push(...acts.filter((step) => APART.includes(step)).map(item))
  if (one.state === 'withdrawn' && can('case', 'delete')) {
    items.push({ label: w('act.delete'), icon: 'trash', danger: true, onClick: () => void remove() })
  }
  if (items.length === 0) return null
  return (
    <Menu items={items} width={180}>
      <IconButton label={w('act.more')} icon="more" />
    </Menu>
  )
}
