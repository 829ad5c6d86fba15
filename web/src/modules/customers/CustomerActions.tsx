/** What one does with a customer, from its head. */
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { Button, Dialog, IconButton, Menu, type MenuItem, toast, undoable } from '@/ui'
import { ContactForm } from './ContactForm'
import { CustomerForm } from './CustomerForm'
import { DocumentForm } from './documents/DocumentForm'
import EventPanel from './EventPanel'
import { GradePanel } from './grades/GradePanel'
import { useMaySetGrade } from './grades/maySet'
import { OwnerPanel } from './OwnerPanel'
import { type Customer, removeCustomer, restoreCustomer, useRefresh } from './queries'
import VerifyPanel from './VerifyPanel'
import { t } from './words'

export type CustomerPanel = 'edit' | 'contact' | 'grade' | 'owner' | 'verify' | 'event' | 'document'
type Props = {
  customer: Customer
  panel: CustomerPanel | undefined
  onPanel: (panel: CustomerPanel | undefined) => void
  onGone: () => void
}

export function CustomerActions({ customer, panel, onPanel: setPanel, onGone }: Props) {
  const can = useCan()
  const maySetGrade = useMaySetGrade()
  const refresh = useRefresh()
  const close = () => setPanel(undefined)
  const remove = async () => {
    try {
      await removeCustomer(customer.id)
    } catch (error) {
      return toast(messageOf(error))
    }
    onGone()
    await refresh()
    undoable(t('customers.deleted', { name: customer.name }), () => void restore())
  }
  const restore = async () => {
    try {
      await restoreCustomer(customer.id)
      toast(t('customers.restored', { name: customer.name }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  const more: MenuItem[] = []
  const offer = (may: boolean, item: MenuItem) => may && more.push(item)
  offer(can('customer', 'update'), { label: t('customers.event'), icon: 'flag', onClick: () => setPanel('event') })
  offer(maySetGrade || can('customer', 'update'), {
    label: t('customers.set_grade'),
    icon: 'star',
    onClick: () => setPanel('grade'),
  })
  offer(can('customer', 'assign'), {
    label: t('customers.set_owner'),
    icon: 'people',
    onClick: () => setPanel('owner'),
  })
  offer(can('customer', 'export'), {
    label: t('document.title'),
    icon: 'print',
    onClick: () => setPanel('document'),
  })
  if (can('customer', 'delete')) {
    more.push('line', { label: t('customers.delete'), icon: 'trash', danger: true, onClick: () => void remove() })
  }
  return (
    <>
      {can('customer', 'update') && (
        <>
          <Button size="xs" icon="edit" onClick={() => setPanel('edit')}>
            {words('edit')}
          </Button>
          <Button size="xs" icon="shield" onClick={() => setPanel('verify')}>
            {t('customers.verify')}
          </Button>
        </>
      )}
      {more.length > 0 && (
        <Menu items={more}>
          <IconButton label={t('customers.more')} icon="more" />
        </Menu>
      )}
      <Dialog title={t('customers.edit')} open={panel === 'edit'} onClose={close} size={720}>
        <CustomerForm
          customer={customer}
          onCancel={close}
          onDone={() => {
            close()
            toast(words('saved'))
          }}
        />
      </Dialog>
      <Dialog title={t('customers.add_person')} open={panel === 'contact'} onClose={close} size={640}>
        <ContactForm customerId={customer.id} onDone={close} />
      </Dialog>
      <Dialog title={t('customers.set_grade')} open={panel === 'grade'} onClose={close} size={420}>
        <GradePanel customer={customer} onDone={close} />
      </Dialog>
      <Dialog title={t('customers.set_owner')} open={panel === 'owner'} onClose={close} size={420}>
        <OwnerPanel customer={customer} onDone={close} />
      </Dialog>
      <Dialog title={t('document.title')} open={panel === 'document'} onClose={close} size={480}>
        <div className="stack">
          <DocumentForm of={{ customer: customer.id }} onDone={close} />
        </div>
      </Dialog>
      {panel === 'verify' && <VerifyPanel customerId={customer.id} onClose={close} />}
      {panel === 'event' && <EventPanel customerId={customer.id} onClose={close} />}
    </>
  )
}
