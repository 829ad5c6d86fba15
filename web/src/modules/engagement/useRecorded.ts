import { useQueryClient } from '@tanstack/react-query'
import { forget, messageOf } from '@/api'
import { ago, lookup } from '@/i18n'
import { toast, undoable } from '@/ui'
import { type Interaction, refreshAfter, withdrawInteraction } from './queries'
import type { Recorded } from './RecordForm'
import { w } from './words'

/** After saving: says what happened, offers to take it back, and draws anew what it changed. */
export function useRecorded(): (recorded: Recorded) => Promise<void> {
  const client = useQueryClient()
  return async ({ entry, sent, draft, customerName }) => {
    if (sent === 'later') {
      undoable(w('record.kept'), () => void forget(entry.id))
      return
    }
    const customer = draft.customer ?? ''
    const made = sent.accepted as Interaction | undefined
    const text = said(made, draft.kind, customerName)
    if (!made) toast(text)
    else undoable(text, () => void takeBack(made.id))
    await refreshAfter(client, customer)

    async function takeBack(id: string) {
      try {
        await withdrawInteraction(customer, id)
        toast(w('record.undone'))
      } catch (error) {
        toast(messageOf(error))
      }
      await refreshAfter(client, customer)
    }
  }
}

function said(made: Interaction | undefined, kind: string, customer: string): string {
  if (made?.next_plan && made.next_at) {
    return w('record.saved_next', { when: ago(made.next_at), plan: made.next_plan })
  }
  return w('record.saved', { customer, kind: lookup(`interaction.${kind}`) ?? kind })
}
