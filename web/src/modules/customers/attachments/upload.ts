/** A file on its way to the server. `fetch` tells nothing of how far it is, so this goes the older way. */
import { newKey, Offline, Problem, type ProblemBody } from '@/api'
import type { Attachment } from '../queries'

/** The kinds that are taken, as a file dialog is told. */
export const ACCEPT =
  '.pdf,.png,.jpg,.jpeg,.gif,.webp,.heic,.docx,.xlsx,.pptx,.ofd,.doc,.xls,.ppt,.zip,.txt,.csv,.mp3,.m4a,.amr,.wav,.webm,.ogg,.mp4'

export type Target = {
  customer: string
  kind: string
  record?: string
  /** The added field for which it is. */
  field?: string
}

export function upload(target: Target, file: File, onProgress: (share: number) => void): Promise<Attachment> {
  const { kind, record, field } = target
  const query = new URLSearchParams({ of_kind: kind, ...(record && { of_id: record }), ...(field && { field }) })
  const form = new FormData()
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/customers/${target.customer}/attachments?${query}`)
    request.setRequestHeader('Idempotency-Key', newKey())
    request.responseType = 'json'
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = () => reject(new Offline())
    request.onload = () =>
      request.status === 201
        ? resolve(request.response as Attachment)
        : reject(new Problem({ ...(request.response as Partial<ProblemBody> | null), status: request.status }))
    request.send(form)
  })
}

/** 12.3 MB: as people read sizes. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB']
  let [size, unit] = [bytes / 1024, 0]
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`
}

/** Where a file is fetched. */
export const fileHref = (customer: string, id: string) => `/api/v1/customers/${customer}/attachments/${id}/file`
