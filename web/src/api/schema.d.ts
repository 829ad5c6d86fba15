/**
 * Same shape as `npm run api` generates from the server's OpenAPI document, which replaces this file.
 */
type Json<T> = { content: { 'application/json': T } }
type Problems = { default: { content: { 'application/problem+json': components['schemas']['Problem'] } } }
type Op<Query, Path, Headers, Body, Ok> = {
  parameters: { query?: Query; path: Path; header?: Headers; cookie?: never }
  requestBody: [Body] extends [never] ? never : Json<Body>
  responses: { 200: { headers: Record<string, unknown> } & Json<Ok> } & {
    default: { headers: Record<string, unknown> } & Problems['default']
  }
}
type NoPath = undefined
type None = Record<string, never>
type Get<Ok, Query = None> = {
  parameters: { query?: Query; path?: never; header?: never; cookie?: never }
  requestBody?: never
  responses: Op<Query, NoPath, never, never, Ok>['responses']
}
type GetAt<Ok, Path, Query = None> = {
  parameters: { query?: Query; path: Path; header?: never; cookie?: never }
  requestBody?: never
  responses: Op<Query, Path, never, never, Ok>['responses']
}
type Write<Body, Ok> = {
  parameters: { query?: never; path?: never; header?: { 'Idempotency-Key'?: string }; cookie?: never }
  requestBody: Json<Body>
  responses: Op<None, NoPath, never, Body, Ok>['responses']
}
type WriteAt<Body, Ok, Path> = {
  parameters: { query?: never; path: Path; header?: { 'Idempotency-Key'?: string; 'If-Match'?: string }; cookie?: never }
  requestBody: Json<Body>
  responses: Op<None, Path, never, Body, Ok>['responses']
}
type Act<Ok> = {
  parameters: { query?: never; path?: never; header?: never; cookie?: never }
  requestBody?: never
  responses: Op<None, NoPath, never, never, Ok>['responses']
}
type ActAt<Ok, Path> = {
  parameters: { query?: never; path: Path; header?: { 'If-Match'?: string }; cookie?: never }
  requestBody?: never
  responses: Op<None, Path, never, never, Ok>['responses']
}
type ListQuery = { filter?: string; sort?: string; cursor?: string; limit?: number; q?: string }
type Id = { id: string }
type S = components['schemas']

export interface paths {
  '/api/v1/setup': { get: Get<{ needed: boolean }>; post: Write<S['SetupInput'], { job_id?: string | null }> }
  '/api/v1/session': { post: Write<{ login: string; password: string; code?: string }, S['Me']>; delete: Act<null> }
  '/api/v1/sessions': { get: Get<{ items: S['Session'][] }> }
  '/api/v1/sessions/{id}': { delete: ActAt<null, Id> }
  '/api/v1/me': { get: Get<S['Me']>; patch: Write<{ locale?: string; theme?: string }, S['Me']> }
  '/api/v1/me/password': { post: Write<{ old: string; new: string }, null> }
  '/api/v1/me/totp': {
    post: Act<{ secret: string; uri: string }>
    put: Write<{ code: string }, null>
    delete: Act<null>
  }
  '/api/v1/tokens': { get: Get<{ items: S['Token'][] }>; post: Write<{ name: string }, S['Token'] & { secret: string }> }
  '/api/v1/tokens/{id}': { delete: ActAt<null, Id> }
  '/api/v1/search': { get: Get<{ items: S['Hit'][] }, { q: string; kinds?: string }> }
  '/api/v1/views': {
    get: Get<{ items: S['View'][] }, { list: string }>
    post: Write<{ list: string; name: string; shared: boolean; state: unknown }, S['View']>
  }
  '/api/v1/views/{id}': {
    put: WriteAt<{ list: string; name: string; shared: boolean; state: unknown }, S['View'], Id>
    delete: ActAt<null, Id>
  }
  '/api/v1/notifications': {
    get: Get<{ items: S['Notification'][]; next: string | null }, { cursor?: string; limit?: number }>
  }
  '/api/v1/notifications/read': { post: Write<{ ids?: string[]; all?: boolean }, null> }
  '/api/v1/jobs/{id}': { get: GetAt<S['Job'], Id> }
  '/api/v1/jobs': { get: Get<{ items: S['Job'][] }, { mine?: number }> }
  '/api/v1/regions': { get: Get<{ items: S['Region'][] }> }
  '/api/v1/departments': { get: Get<{ items: S['Department'][] }> }
  '/api/v1/users': { get: Get<{ items: S['User'][]; next: string | null }, ListQuery> }
  '/api/v1/customers': {
    get: Get<{ items: S['Customer'][]; next: string | null }, ListQuery>
    post: Write<S['CustomerInput'], S['Customer']>
  }
  '/api/v1/customers/{id}': {
    get: GetAt<S['Customer'], Id>
    patch: WriteAt<S['CustomerInput'], S['Customer'], Id>
    delete: ActAt<null, Id>
  }
  '/api/v1/customers/{id}/contacts': {
    get: GetAt<{ items: S['Contact'][] }, Id>
    post: WriteAt<S['ContactInput'], S['Contact'], Id>
  }
  '/api/v1/customers/{id}/contacts/{cid}': {
    patch: WriteAt<S['ContactInput'], S['Contact'], Id & { cid: string }>
    delete: ActAt<null, Id & { cid: string }>
  }
  '/api/v1/customers/{id}/reveal': {
    post: WriteAt<{ field: string; contact_id?: string; reason: string }, { value: string; until: string }, Id>
  }
  '/api/v1/customers/duplicates': {
    post: Write<{ name: string; credit_code?: string; phone?: string }, S['Duplicate'][]>
  }
  '/api/v1/customers/{id}/grade': { put: WriteAt<{ grade: string; reason: string }, S['Customer'], Id> }
  '/api/v1/customers/{id}/owner': { put: WriteAt<{ owner_id: string; reason: string }, S['Customer'], Id> }
  '/api/v1/customers/{id}/verifications': {
    post: WriteAt<
      { items: { field: string; result: string; value?: string }[]; contact_id?: string; note?: string },
      S['Customer'],
      Id
    >
  }
  '/api/v1/customers/{id}/timeline': {
    get: GetAt<{ items: S['TimelineItem'][]; next: string | null }, Id, { cursor?: string; kinds?: string }>
  }
  '/api/v1/customers/{id}/interactions': { post: WriteAt<S['InteractionInput'], S['Interaction'], Id> }
  '/api/v1/customers/export': {
    post: Write<
      { filter?: unknown; sort?: string; q?: string; columns: string[]; format: 'xlsx' | 'csv' },
      { job_id: string }
    >
  }
  '/api/v1/duties': { get: Get<{ items: S['Duty'][]; next: string | null }, ListQuery> }
}

export interface components {
  schemas: {
    Problem: {
      type?: string
      title?: string
      status: number
      code: string
      detail?: string | null
      request_id?: string | null
      fields?: { field: string; code: string; message?: string | null }[]
    }
    Ref: { id: string; name: string }
    Masked: { masked: string }
    Me: {
      id: string
      name: string
      login: string
      locale?: string | null
      theme?: string | null
      totp?: boolean
      department?: S['Ref'] | null
      roles: string[]
      permissions: Record<string, Record<string, string>>
      fields: Record<string, string>
      company: { name: string; time_zone: string }
      unread: number
      now: string
    }
    SetupInput: {
      token: string
      company: string
      time_zone: string
      admin: { name: string; login: string; password: string }
      sample: boolean
    }
    Session: {
      id: string
      created_at: string
      last_seen_at?: string | null
      address?: string | null
      agent?: string | null
      current: boolean
    }
    Token: { id: string; name: string; created_at: string; last_used_at?: string | null }
    Hit: { kind: string; id: string; title: string; subtitle?: string | null }
    View: { id: string; list: string; name: string; shared: boolean; mine?: boolean; state: unknown }
    Notification: {
      id: string
      kind: string
      title_key: string
      params: Record<string, unknown>
      link?: string | null
      at: string
      read: boolean
    }
    Job: {
      id: string
      kind: string
      state: 'queued' | 'running' | 'done' | 'failed'
      done: number
      total: number
      result?: Record<string, unknown> | null
      error?: string | null
      created_at: string
    }
    Region: { code: string; name: string; parent?: string | null }
    Department: { id: string; name: string; parent_id?: string | null; head_id?: string | null; path?: string }
    User: {
      id: string
      name: string
      login: string
      department_id?: string | null
      supervisor_id?: string | null
      post_id?: string | null
      roles: string[]
      active: boolean
    }
    Customer: {
      id: string
      number: string
      kind: 'company' | 'person'
      name: string
      short_name?: string | null
      credit_code?: string | null
      industry?: string | null
      region?: string | null
      address?: string | null
      website?: string | null
      phone?: S['Masked'] | null
      email?: S['Masked'] | null
      wechat?: S['Masked'] | null
      id_number?: S['Masked'] | null
      staff_count?: number | null
      annual_revenue_fen?: number | null
      founded_on?: string | null
      main_business?: string | null
      organisation?: string | null
      source?: string | null
      tags: string[]
      grade: 'vip' | 'key' | 'ordinary'
      owner?: S['Ref'] | null
      department?: S['Ref'] | null
      cooperation_since?: string | null
      preferences?: string | null
      core_need?: string | null
      key_facts: string[]
      completeness: number
      missing: string[]
      last_contact_at?: string | null
      next_contact_at?: string | null
      verified_on?: string | null
      version: number
      created_at: string
      updated_at: string
    }
    CustomerInput: {
      kind?: 'company' | 'person'
      name?: string
      short_name?: string | null
      credit_code?: string | null
      industry?: string | null
      region?: string | null
      address?: string | null
      website?: string | null
      phone?: string | null
      email?: string | null
      wechat?: string | null
      id_number?: string | null
      staff_count?: number | null
      annual_revenue_fen?: number | null
      founded_on?: string | null
      main_business?: string | null
      organisation?: string | null
      source?: string | null
      tags?: string[]
      grade?: 'vip' | 'key' | 'ordinary'
      owner_id?: string | null
      cooperation_since?: string | null
      preferences?: string | null
      core_need?: string | null
      key_facts?: string[]
    }
    Contact: {
      id: string
      customer_id: string
      name: string
      salutation?: 'mr' | 'ms' | null
      position?: string | null
      phone?: S['Masked'] | null
      email?: S['Masked'] | null
      wechat?: S['Masked'] | null
      decision_maker: boolean
      authority: 'final' | 'influencer' | 'user' | 'none'
      birthday?: {
        calendar: 'solar' | 'lunar'
        month: number
        day: number
        leap?: boolean
        year?: number | null
      } | null
      preferences?: string | null
      left: boolean
      version: number
    }
    ContactInput: {
      name?: string
      salutation?: 'mr' | 'ms' | null
      position?: string | null
      phone?: string | null
      email?: string | null
      wechat?: string | null
      decision_maker?: boolean
      authority?: 'final' | 'influencer' | 'user' | 'none'
      preferences?: string | null
      left?: boolean
    }
    Duplicate: {
      visible: boolean
      id?: string
      name?: string
      number?: string
      owner?: S['Ref'] | null
      reason?: string | null
    }
    TimelineItem: {
      id: string
      kind: string
      at: string
      actor?: S['Ref'] | null
      title_key: string
      data: Record<string, unknown>
    }
    InteractionInput: {
      kind: string
      at: string
      contact_id?: string | null
      content: string
      feedback?: string | null
      next_plan?: string | null
      next_at?: string | null
      priority?: string | null
      duty_id?: string | null
    }
    Interaction: { id: string; kind: string; at: string; late: boolean; recorded_at: string; todo_id?: string | null }
    Duty: {
      id: string
      clause: string
      rule: string
      what: { key: string; params: Record<string, unknown> }
      customer?: S['Ref'] | null
      owner?: S['Ref'] | null
      due_at: string
      state: string
    }
  }
}
