export * from '@/offline/outbox'
export { correctAndSend, keepAndSend, type Sent, sendKept } from '@/offline/send'
export * from './bin'
export { type Change, isChange } from './change'
export {
  api,
  call,
  download,
  type ExportResult,
  explainExport,
  idempotent,
  ifMatch,
  newKey,
  onPasswordNeeded,
  onSessionLost,
  type Schemas,
  takeOut,
} from './client'
export * from './custom'
export * from './lists'
export * from './lookups'
export { type FieldErrors, messageOf, Offline, Problem, type ProblemBody, problemOf } from './problem'
export * from './session'
export * from './views'
