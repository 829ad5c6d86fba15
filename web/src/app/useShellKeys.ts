import { useEffect, useRef } from 'react'
import { isTyping } from '@/ui/DataView/keyboard'
import type { Command, NavItem } from '@/ui/module'
import { useGo } from '@/ui/nav'
import type { Overlay } from './Shell'

/** ⌘K or Ctrl+K everywhere; ?, the letter of a command, and g followed by a letter, outside of fields. */
export function useShellKeys(items: NavItem[], commands: Command[], onOverlay: (overlay: Overlay) => void): void {
  const go = useGo()
  const pressedG = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        onOverlay('palette')
        return
      }
      if (isTyping(event) || document.querySelector('[role="dialog"]')) return
      if (event.key === '?') return onOverlay('help')
      if (event.key === 'g') {
        pressedG.current = event.timeStamp
        return
      }
      const target = items.find((item) => item.key === event.key)
      const command = commands.find((other) => other.key === event.key)
      const afterG = event.timeStamp - pressedG.current < 1200
      pressedG.current = Number.NEGATIVE_INFINITY
      if (afterG ? !target : !command) return
      event.preventDefault()
      // The letter is used up here: lists know some of them too.
      event.stopImmediatePropagation()
      if (afterG && target) go(target.to)
      else if (command) onOverlay(command)
    }
    document.addEventListener('keydown', onKey, true)
    return () => document.removeEventListener('keydown', onKey, true)
  }, [items, commands, onOverlay, go])
}
