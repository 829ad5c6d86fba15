/** j/k walk the duties, r records, s postpones; Enter opens the customer, since the name is a button. */
import { type RefObject, useEffect } from 'react'
import { isTyping } from '@/ui'
import type { Doing } from './DutyRow'

export function useRowKeys(root: RefObject<HTMLElement | null>, onDo: (row: string, doing: Doing) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || document.querySelector('[role="dialog"]')) return
      const rows = [...(root.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
      const at = rows.findIndex((row) => row.contains(document.activeElement))
      const walk = (to: number) =>
        rows[Math.max(0, Math.min(to, rows.length - 1))]?.querySelector<HTMLElement>('.name')?.focus()
      const start = (doing: Doing) => {
        const row = rows[Math.max(0, at)]
        if (row?.dataset.row) onDo(row.dataset.row, doing)
      }
      const acts: Record<string, () => void> = {
        j: () => walk(at + 1),
        k: () => walk(at - 1),
        r: () => start('act'),
        s: () => start('postpone'),
      }
      const act = acts[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [root, onDo])
}
