/** What the audit says of a field that changed. */
export type Change = { from: unknown; to: unknown }

export function isChange(value: unknown): value is Change {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value
}
