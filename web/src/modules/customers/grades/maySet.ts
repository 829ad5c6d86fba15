import { fieldAccess, useCan, useMe } from '@/api'

/** Whether one sets grades by oneself: only who may approve customers does; all others propose. */
export function useMaySetGrade(): boolean {
  const me = useMe()
  return useCan()('customer', 'approve') && fieldAccess(me, 'customer.grade') === 'edit'
}
