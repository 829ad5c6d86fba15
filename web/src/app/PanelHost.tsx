import { lazy, Suspense, useEffect, useMemo } from 'react'
import type { Command } from '@/ui/module'
import { useGo } from '@/ui/nav'

/** Runs a command: goes to its page, or opens its panel over the present one. */
export function PanelHost({ command, onClose }: { command: Command; onClose: () => void }) {
  const go = useGo()
  const Panel = useMemo(() => command.panel && lazy(command.panel), [command])
  useEffect(() => {
    if (!command.to) return
    go(command.to)
    onClose()
  }, [command, go, onClose])
  return <Suspense>{Panel && <Panel onClose={onClose} />}</Suspense>
}
