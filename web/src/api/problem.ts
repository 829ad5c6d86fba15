/** RFC 9457 problems from the server → what happened, why, and what to do, in the reader's language. */
import { lookup, t } from '@/i18n'

/** As the server sends it. */
export type ProblemBody = {
  type?: string
  title?: string
  status: number
  code: string
  detail?: string | null
  request_id?: string | null
  fields?: { field: string; code: string; message?: string | null }[]
}
export type FieldErrors = Record<string, string>

export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly requestId: string | undefined
  readonly fields: FieldErrors

  constructor(body: Partial<ProblemBody> & { status: number }) {
    const code = body.code ?? 'unknown'
    const text = describe(code, body.status)
    const id = body.request_id ?? undefined
    super(id && !expected(body.status) ? `${text} ${t('error.request_id', { id })}` : text)
    this.name = 'Problem'
    this.code = code
    this.status = body.status
    this.requestId = id
    this.fields = fieldErrors(body.fields ?? [])
  }
}

/** Never reached the server; what was typed may be sent again with the same idempotency key. */
export class Offline extends Error {
  constructor() {
    super(t('error.network'))
    this.name = 'Offline'
  }
}

/** The caller can correct these; a request id would only be noise. */
function expected(status: number): boolean {
  return [400, 401, 403, 404, 409, 412, 422, 423, 429].includes(status)
}

const byStatus: Record<number, string> = {
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'stale',
  413: 'too_large',
  428: 'precondition_required',
  429: 'too_many',
  503: 'busy',
}

function describe(code: string, status: number): string {
  const known = lookup(`error.${code}`)
  if (known) return known
  return lookup(`error.${byStatus[status] ?? (status < 500 ? 'invalid' : 'unknown')}`) ?? t('error.unknown')
}

function fieldErrors(fields: NonNullable<ProblemBody['fields']>): FieldErrors {
  const errors: FieldErrors = {}
  for (const { field, code, message } of fields) {
    errors[field] ??= lookup(`error.field.${code}`) ?? lookup(`error.${code}`) ?? message ?? t('error.format')
  }
  return errors
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<ProblemBody>
  const requestId = body.request_id ?? response.headers.get('x-request-id')
  return new Problem({ ...body, request_id: requestId, status: response.status })
}

/** One sentence for a person, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Problem || error instanceof Offline ? error.message : t('error.unknown')
}
