/** What a role may do, in words: 查看、修改 本部门及下级的客户. */

import type { Action } from '@/api'
import { locale } from '@/i18n'
import { t } from './words'

export type Scope = 'none' | 'own' | 'department' | 'subtree' | 'all' | { chosen: string[] }
export type ScopeName = 'none' | 'own' | 'department' | 'subtree' | 'chosen' | 'all'
export type Permissions = Record<string, Partial<Record<Action, Scope>>>
export type Access = 'hidden' | 'masked' | 'read' | 'edit'

/** What can be done with each kind of record; others mean nothing to the server. */
export const MATRIX = {
  customer: ['read', 'create', 'update', 'delete', 'assign', 'export', 'import', 'reveal'],
  contact: ['read', 'create', 'update', 'delete', 'export', 'import', 'reveal'],
  cooperation: ['read', 'create', 'update', 'delete', 'import'],
  interaction: ['read', 'create', 'update', 'delete', 'export', 'import'],
  todo: ['read', 'create', 'update', 'delete', 'assign'],
  duty: ['read', 'update', 'assign', 'approve'],
  policy: ['read', 'create', 'update', 'approve'],
  compliance: ['read', 'export'],
  user: ['read', 'create', 'update', 'manage'],
  department: ['read', 'create', 'update', 'delete'],
  post: ['read', 'create', 'update', 'delete'],
  role: ['read', 'create', 'update', 'delete'],
  absence: ['read', 'create', 'delete'],
  trace: ['read', 'export'],
  alarm: ['read', 'update'],
  release: ['read', 'approve', 'manage'],
  subject_request: ['read', 'create', 'update', 'export'],
  setting: ['read', 'update'],
  audit: ['read', 'export'],
  job: ['read'],
} as const satisfies Record<string, readonly Action[]>

export type Entity = keyof typeof MATRIX

/** Records that belong to nobody: either all of them or none. */
const WHOLE: readonly string[] = ['policy', 'role', 'department', 'post', 'setting']

export const SCOPES: readonly ScopeName[] = ['none', 'own', 'department', 'subtree', 'chosen', 'all']

export function scopesOf(entity: string): readonly ScopeName[] {
  return WHOLE.includes(entity) ? ['none', 'all'] : SCOPES
}

export function scopeName(scope: Scope | undefined): ScopeName {
  if (scope === undefined) return 'none'
  return typeof scope === 'object' ? 'chosen' : scope
}

/** None is not written down: a role holds only what it grants. */
export function withScope(permissions: Permissions, entity: string, action: Action, scope: Scope): Permissions {
  const { [action]: _, ...rest } = permissions[entity] ?? {}
  const granted = scope === 'none' ? rest : { ...rest, [action]: scope }
  const { [entity]: __, ...others } = permissions
  return Object.keys(granted).length > 0 ? { ...others, [entity]: granted } : others
}

/** One line per kind of record, actions of the same reach together. */
export function rightsWords(permissions: Permissions): { entity: Entity; words: string }[] {
  return (Object.keys(MATRIX) as Entity[]).flatMap((entity) => {
    const granted = permissions[entity]
    if (!granted) return []
    const byScope = new Map<ScopeName, string[]>()
    for (const action of MATRIX[entity]) {
      const name = scopeName(granted[action])
      if (name !== 'none') byScope.set(name, [...(byScope.get(name) ?? []), t(`action.${action}`)])
    }
    if (byScope.size === 0) return []
    const comma = locale() === 'zh' ? '、' : ', '
    const parts = [...byScope].map(([scope, actions]) =>
      t('rights.part', { actions: actions.join(comma), scope: t(`scope.${scope}`) }),
    )
    return [{ entity, words: parts.join(locale() === 'zh' ? '；' : '; ') }]
  })
}

/** Personal fields, named as roles name them. */
export const FIELDS = [
  'customer.phone',
  'customer.email',
  'customer.wechat',
  'customer.id_number',
  'contact.phone',
  'contact.email',
  'contact.wechat',
] as const
/** Amounts have no masked form: they are shown or not. */
export const AMOUNTS = ['cooperation.amount_fen'] as const
export const ACCESSES: readonly Access[] = ['hidden', 'masked', 'read', 'edit']
