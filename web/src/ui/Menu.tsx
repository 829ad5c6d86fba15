import { Menu as MantineMenu } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

export type MenuItem =
  | { label: string; icon?: IconName; checked?: boolean; danger?: boolean; disabled?: boolean; onClick: () => void }
  | { heading: string }
  | 'line'

/** A button that opens a list of acts. */
export function Menu({ children, items, width = 200 }: { children: ReactElement; items: MenuItem[]; width?: number }) {
  return (
    <MantineMenu width={width} position="bottom-end" withInitialFocusPlaceholder={false}>
      <MantineMenu.Target>{children}</MantineMenu.Target>
      <MantineMenu.Dropdown>{items.map(entry)}</MantineMenu.Dropdown>
    </MantineMenu>
  )
}

function entry(item: MenuItem, index: number): ReactNode {
  if (item === 'line') return <MantineMenu.Divider key={index} />
  if ('heading' in item) return <MantineMenu.Label key={index}>{item.heading}</MantineMenu.Label>
  if (item.checked !== undefined) {
    return (
      <MantineMenu.RadioItem
        key={item.label}
        value={item.label}
        checked={item.checked}
        onChange={item.onClick}
        closeMenuOnClick
      >
        {item.label}
      </MantineMenu.RadioItem>
    )
  }
  return (
    <MantineMenu.Item
      key={item.label}
      leftSection={item.icon ? <Icon name={item.icon} /> : undefined}
      color={item.danger ? 'cinnabar' : undefined}
      disabled={item.disabled}
      onClick={item.onClick}
    >
      {item.label}
    </MantineMenu.Item>
  )
}
