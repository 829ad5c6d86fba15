import { useEffect, useRef } from 'react'
import { isTyping } from '@/ui/DataView/keyboard'
import type { NavItem } from '@/ui/module'
import { useGo } from '@/ui/nav'
import type { Overlay } from './Shell'

/** ⌘K or Ctrl+K everywhere; ?, and g followed by a letter, outside of fields. */
export function useShellKeys(items: NavItem[], onOverlay: (overlay: Overlay) => void): void {
  const go = useGo()
  const pressedG = useRef(0)
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
      if (target && event.timeStamp - pressedG.current < 1200) {
        event.preventDefault()
        // The second letter is used up here: lists know some of them too.
        event.stopImmediatePropagation()
        go(target.to)
      }
      pressedG.current = 0
    }
    document.addEventListener('keydown', onKey, true)
    return () => document.removeEventListener('keydown', onKey, true)
  }, [items, onOverlay, go])
}
