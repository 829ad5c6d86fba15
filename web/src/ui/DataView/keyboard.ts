/** j/k walk the rows, x ticks, Enter opens (the name is a button), / goes to the keyword. */
import { type RefObject, useEffect } from 'react'

type Hands = {
  root: RefObject<HTMLElement | null>
  input: RefObject<HTMLInputElement | null>
  onToggle: (id: string) => void
}

/** Typing in a field, or working in a dialog, is never a command to the list. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  return Boolean(
    target?.closest?.(
      'input:not([type="checkbox"]), textarea, select, [contenteditable], [role="menu"], [role="listbox"]',
    ),
  )
}

export function useListKeys({ root, input, onToggle }: Hands): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isTyping(event) || document.querySelector('[role="dialog"]')) return
      const rows = [...(root.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
      const at = rows.findIndex((row) => row.contains(document.activeElement))
      const go = (to: number) => {
        const row = rows[Math.max(0, Math.min(to, rows.length - 1))]
        const target =
          row?.querySelector<HTMLElement>('button.name') ?? row?.querySelector<HTMLElement>('input, a, button')
        target?.focus()
      }
      const acts: Record<string, () => void> = {
        j: () => go(at + 1),
        k: () => go(at - 1),
        x: () => {
          const id = rows[at]?.dataset.row
          if (id) onToggle(id)
        },
        '/': () => input.current?.focus(),
      }
      const act = acts[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [root, input, onToggle])
}
