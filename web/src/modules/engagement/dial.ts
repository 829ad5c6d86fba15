import { revealValue } from '@/modules/customers'
import type { Item } from './queries'
import { w } from './words'

/** Where there is a finger there is a telephone. */
export const isPhone = () => globalThis.matchMedia?.('(pointer: coarse)').matches ?? false

/** The number, whose reading is asked for and written down like any other, with the clause as the reason. */
export async function numberOf({ customer, clause }: Item): Promise<string> {
  const { value } = await revealValue(customer?.id ?? '', 'phone', w('dial.reason', { clause }))
  return value.replace(/\s+/g, '')
}

export function dial(number: string): void {
  globalThis.location.assign(`tel:${number}`)
}
