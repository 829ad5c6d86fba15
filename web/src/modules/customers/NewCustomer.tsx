import { Dialog, toast, useGo } from '@/ui'
import { CustomerForm } from './CustomerForm'
import { t } from './words'

/** Opened from ⌘K over whatever page one is on. */
export default function NewCustomer({ onClose }: { onClose: () => void }) {
  const go = useGo()
  return (
    <Dialog title={t('customers.new')} open onClose={onClose} size={720}>
      <CustomerForm
        onCancel={onClose}
        onDone={(customer) => {
          onClose()
          toast(t('customers.created', { name: customer.name }))
          go(`/customers/${customer.id}`)
        }}
      />
    </Dialog>
  )
}
