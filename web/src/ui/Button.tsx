import { ActionIcon, Button as MantineButton } from '@mantine/core'
import type { MouseEvent, ReactNode, Ref } from 'react'
import { Icon, type IconName } from './Icon'

type ButtonProps = {
  children: ReactNode
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  size?: 'sm' | 'xs'
  icon?: IconName
  type?: 'button' | 'submit'
  disabled?: boolean
  busy?: boolean
  full?: boolean
  autoFocus?: boolean
  onClick?: (event: MouseEvent) => void
  ref?: Ref<HTMLButtonElement>
}

const looks = {
  primary: { variant: 'filled', color: 'indigo' },
  plain: { variant: 'default', color: undefined },
  quiet: { variant: 'subtle', color: 'indigo' },
  danger: { variant: 'filled', color: 'cinnabar' },
}

export function Button({
  children,
  kind = 'plain',
  size = 'sm',
  icon,
  type = 'button',
  busy,
  full,
  ...rest
}: ButtonProps) {
  return (
    <MantineButton
      {...looks[kind]}
      {...rest}
      type={type}
      size={size === 'sm' ? 'compact-md' : 'compact-sm'}
      h={size === 'sm' ? 32 : 28}
      fw={500}
      loading={busy}
      fullWidth={full}
      leftSection={icon ? <Icon name={icon} /> : undefined}
    >
      {children}
    </MantineButton>
  )
}

type IconButtonProps = {
  label: string
  icon: IconName
  onClick?: (event: MouseEvent) => void
  disabled?: boolean
  pressed?: boolean
  expanded?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button that shows only an icon: its label is heard and appears as a tip. */
export function IconButton({ label, icon, pressed, expanded, ...rest }: IconButtonProps) {
  return (
    <ActionIcon
      {...rest}
      variant={pressed ? 'light' : 'subtle'}
      color={pressed ? 'indigo' : 'gray'}
      c={pressed ? undefined : 'var(--ink-2)'}
      size={32}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={label}
      className="icon-button"
    >
      <Icon name={icon} />
    </ActionIcon>
  )
}
