/** The only file of this room that talks to the server. */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  api,
  call,
  departmentsQuery,
  idempotent,
  ifMatch,
  type ListQuery,
  listParams,
  type Page,
  type Schemas,
  useCan,
} from '@/api'
import { lookup } from '@/i18n'
import type { Move } from './tree'

export { departmentsQuery, personQuery } from '@/api'

export type User = Schemas['UserView']
export type NewUser = Schemas['NewUser']
export type UserChange = Schemas['UserChange']
export type Invitation = Schemas['Invitation']
export type Role = Schemas['RoleView']
export type Post = Schemas['PostView']
export type Absence = Schemas['AbsenceView']
export type NewAbsence = Schemas['NewAbsence']

export const keys = {
  users: ['people'] as const,
  roles: ['roles'] as const,
  posts: ['posts'] as const,
  absences: ['absences'] as const,
}

const at = (id: string) => ({ params: { path: { id } } })
const versioned = (id: string, version: number) => ({ params: { path: { id }, header: ifMatch(version) } })

export function listUsers(query: ListQuery, signal: AbortSignal): Promise<Page<User>> {
  return call(api.GET('/api/v1/users', { params: { query: listParams(query) }, signal }))
}
export function createUser(body: NewUser): Promise<Schemas['Created']> {
  return call(api.POST('/api/v1/users', { body }))
}
export function changeUser({ id, version }: User, body: UserChange): Promise<User> {
  return call(api.PATCH('/api/v1/users/{id}', { ...versioned(id, version), body }))
}
export function inviteUser(id: string): Promise<Invitation> {
  return call(api.POST('/api/v1/users/{id}/invitation', at(id)))
}
export function removeTotp(id: string): Promise<unknown> {
  return call(api.DELETE('/api/v1/users/{id}/totp', at(id)))
}

export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/roles', { signal }))).items,
  staleTime: 60_000,
})
export function createRole(body: Schemas['NewRole'], key: string): Promise<Role> {
  return call(api.POST('/api/v1/roles', { body, headers: idempotent(key) }))
}
export function changeRole({ id, version }: Role, body: Schemas['RoleChange']): Promise<Role> {
  return call(api.PATCH('/api/v1/roles/{id}', { ...versioned(id, version), body }))
}
export function deleteRole(id: string): Promise<unknown> {
  return call(api.DELETE('/api/v1/roles/{id}', at(id)))
}

export const postsQuery = queryOptions({
  queryKey: keys.posts,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/posts', { signal }))).items,
  staleTime: 60_000,
})
export function createPost(name: string, position: number, key: string): Promise<Post> {
  return call(api.POST('/api/v1/posts', { body: { name, position }, headers: idempotent(key) }))
}
export function changePost({ id, version }: Post, body: Schemas['PostChange']): Promise<Post> {
  return call(api.PATCH('/api/v1/posts/{id}', { ...versioned(id, version), body }))
}
export function deletePost(id: string): Promise<unknown> {
  return call(api.DELETE('/api/v1/posts/{id}', at(id)))
}

export function createDepartment(body: Schemas['NewDepartment'], key: string): Promise<Schemas['DepartmentView']> {
  return call(api.POST('/api/v1/departments', { body, headers: idempotent(key) }))
}
export function changeDepartment(
  { id, version }: { id: string; version: number },
  body: Schemas['DepartmentChange'],
): Promise<Schemas['DepartmentView']> {
  return call(api.PATCH('/api/v1/departments/{id}', { ...versioned(id, version), body }))
}
export async function applyMoves(moves: Move[]): Promise<void> {
  for (const { change, ...from } of moves) await changeDepartment(from, change)
}
export function deleteDepartment(id: string): Promise<unknown> {
  return call(api.DELETE('/api/v1/departments/{id}', at(id)))
}

export const absencesQuery = queryOptions({
  queryKey: keys.absences,
  queryFn: async ({ signal }) => (await call(api.GET('/api/v1/absences', { signal }))).items,
})
export function createAbsence(body: NewAbsence, key: string): Promise<Absence> {
  return call(api.POST('/api/v1/absences', { body, headers: idempotent(key) }))
}
export function deleteAbsence(id: string): Promise<unknown> {
  return call(api.DELETE('/api/v1/absences/{id}', at(id)))
}

export function useRefresh(): (...keys: (readonly string[])[]) => Promise<void> {
  const client = useQueryClient()
  return async (...touched) => {
    await Promise.all(touched.map((queryKey) => client.invalidateQueries({ queryKey })))
  }
}

/** A role that comes with the product has its name in both languages, until somebody gives it another. */
export function roleName(role: { name: string; builtin?: string | null }): string {
  if (!role.builtin) return role.name
  const original = BUILTIN_ZH[role.builtin]
  return original?.includes(role.name) ? (lookup(`builtin.${role.builtin}`) ?? role.name) : role.name
}

/** Each name that a version has given it. */
const BUILTIN_ZH: Record<string, readonly string[]> = {
  administrator: ['系统管理员', '管理员（三员合一）'],
  system_administrator: ['系统管理员'],
  security_administrator: ['安全管理员'],
  audit_administrator: ['审计管理员'],
  manager: ['部门经理'],
  salesperson: ['销售'],
  service: ['客服'],
  marketing: ['市场'],
  policy_keeper: ['制度管理员'],
  general_manager: ['总经理'],
  auditor: ['审计员'],
  data_steward: ['数据管理员'],
}

type Names = { department: (id: string) => string; post: (id: string) => string; role: (id: string) => string }

/** Names by id, for columns. Roles only for those who may see them. */
export function useNames(): Names {
  const can = useCan()
  const departments = useQuery(departmentsQuery).data
  const posts = useQuery({ ...postsQuery, enabled: can('post', 'read') }).data
  const roles = useQuery({ ...rolesQuery, enabled: can('role', 'read') }).data
  return useMemo(() => {
    const named = (list: { id: string; name: string }[] = []) => {
      const names = new Map(list.map((one) => [one.id, one.name]))
      return (id: string) => names.get(id) ?? ''
    }
    return {
      department: named(departments),
      post: named(posts),
      role: named(roles?.map((role) => ({ id: role.id, name: roleName(role) }))),
    }
  }, [departments, posts, roles])
}

export type Administrators = Schemas['Administrators']

export const administratorsQuery = queryOptions({
  queryKey: [...keys.roles, 'administrators'],
  queryFn: ({ signal }) => call(api.GET('/api/v1/administrators', { signal })),
})
export function separateDuties(separated: boolean): Promise<Administrators> {
  return call(api.PUT('/api/v1/administrators', { body: { separated } }))
}
export function giveRoles({ id, version }: User, roles: string[]): Promise<User> {
  return call(api.PUT('/api/v1/users/{id}/roles', { ...versioned(id, version), body: { roles } }))
}
