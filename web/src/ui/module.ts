/** What a room tells the shell about itself. The shell knows rooms only through this. */
import type { QueryClient } from '@tanstack/react-query'
import type { ComponentType } from 'react'
import type { Action, Me } from '@/api/session'
import type { Kept } from '@/offline/outbox'
import type { IconName } from './Icon'

/** Shown only to those who may; `undefined` is for everybody. */
export type Permission = [entity: string, action: Action]
type Lazy = () => Promise<{ default: ComponentType }>

export type NavItem = {
  to: string
  /** For those who may: the page among those below `to` that one comes for. */
  lead?: { to: string; permission: Permission }
  label: () => string
  icon: IconName
  /** Rooms keep one order for all: 10 Today, 20 customers … 90 settings. */
  order: number
  permission?: Permission
  /** `g` followed by this letter goes there. */
  key?: string
}

export type Route = {
  path: string
  load: Lazy
  permission?: Permission
  /** Of the home page, asked once when the console is opened: where somebody begins for whom there is nothing on it. */
  begin?: (client: QueryClient, me: Me) => Promise<string | undefined>
}

export type Command = {
  id: string
  label: () => string
  permission?: Permission
  /** Words under which ⌘K finds it as well. */
  keywords?: string
  /** Either a page to go to, or a panel that opens over the present page. */
  to?: string
  panel?: () => Promise<{ default: ComponentType<{ onClose: () => void }> }>
  /** Offered under ＋ in the top bar; the first one is opened by it. */
  quick?: boolean
  /** This letter alone runs it, outside of fields and dialogs. */
  key?: string
}

/** A record made offline that the server has refused: the room that made it offers a panel to correct it. */
export type Correction = {
  /** Matches the address it was to be sent to. */
  path: RegExp
  panel: () => Promise<{ default: ComponentType<{ entry: Kept; onClose: () => void }> }>
}

export type Manifest = {
  name: string
  nav?: NavItem[]
  routes?: Route[]
  commands?: Command[]
  /** Where a record found by ⌘K opens: `{ customer: (id) => … }`. */
  records?: Record<string, (id: string) => string>
  corrections?: Correction[]
}
