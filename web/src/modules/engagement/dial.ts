import { revealValue } from '@/modules/customers'
import type { Item } from './queries'
import { w } from './words'

/**
 * Hands the number to the telephone without showing it: the look at it is asked for and written down like any other,
 * with the clause as the reason. Answers the masked number.
 */
export async function dial({ customer, clause, phone_hint }: Item): Promise<string> {
  const { value } = await revealValue(customer?.id ?? '', 'phone', w('dial.reason', { clause }))
  globalThis.location.assign(`tel:${value}`)
  return phone_hint ?? ''
}
