import { Drawer, Popover as MantinePopover, Modal } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'

type DialogProps = {
  title: string
  open: boolean
  onClose: () => void
  children: ReactNode
  size?: number
  /** Without its head, near the top: for a field that is itself the title. */
  bare?: boolean
}

/** A question that must be answered before going on. On a phone it fills the screen. */
export function Dialog({ title, open, onClose, children, size = 520, bare }: DialogProps) {
  const phone = globalThis.matchMedia?.('(max-width: 640px)').matches ?? false
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={bare ? undefined : title}
      withCloseButton={!bare}
      centered={!bare}
      yOffset={bare ? '10vh' : undefined}
      size={size}
      fullScreen={phone && !bare}
      styles={{ title: { fontWeight: 600 } }}
      // The head of a dialog is not the banner of the page.
      attributes={{ header: { role: 'presentation' }, ...(bare && { content: { 'aria-label': title } }) }}
    >
      {children}
    </Modal>
  )
}

/** On a phone: rises from below and leaves the page visible above it, within reach of one thumb. */
export function Sheet({ title, open, onClose, children }: DialogProps) {
  return (
    <Drawer
      opened={open}
      onClose={onClose}
      title={title}
      position="bottom"
      size="auto"
      styles={{
        title: { fontWeight: 600 },
        content: { height: 'auto', maxHeight: '92dvh', borderRadius: '12px 12px 0 0' },
        body: { paddingBottom: 'calc(16px + env(safe-area-inset-bottom))' },
      }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {children}
    </Drawer>
  )
}

type PopoverProps = { open: boolean; onClose: () => void; target: ReactElement; children: ReactNode; width?: number }

/** A small panel that belongs to its button. */
export function Popover({ open, onClose, target, children, width }: PopoverProps) {
  return (
    <MantinePopover
      opened={open}
      onDismiss={onClose}
      width={width}
      position="bottom-start"
      trapFocus
      returnFocus
      withinPortal
    >
      <MantinePopover.Target>{target}</MantinePopover.Target>
      <MantinePopover.Dropdown>{children}</MantinePopover.Dropdown>
    </MantinePopover>
  )
}
