/** What becomes of a contact: must not be contacted, or went to another company (R3-1.2). */
import { useState } from 'react'
import { messageOf, searchCustomers } from '@/api'
import { ago, t as words } from '@/i18n'
import {
  Dialog,
  Form,
  IconButton,
  Link,
  Lookup,
  Menu,
  type MenuItem,
  Notice,
  required,
  Status,
  Text,
  toast,
  useForm,
} from '@/ui'
import { markInvalid, unmarkInvalid } from './quality/queries'
import { barContact, type Contact, moveContact, unbarContact, useRefresh } from './queries'
import { t } from './words'

type ActsProps = {
  contact: Contact
  /** Where there is no room for a button of its own. */
  onEdit?: () => void
}

export function ContactActs({ contact, onEdit }: ActsProps) {
  const refresh = useRefresh()
  const [asking, setAsking] = useState<'bar' | 'move'>()
  const close = () => setAsking(undefined)
  const unbar = async () => {
    try {
      await unbarContact(contact)
      toast(t('contact.unbarred_done', { name: contact.name }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(contact.customer_id)
  }
  const items: MenuItem[] = [
    ...(onEdit ? [{ label: words('edit'), icon: 'edit', onClick: onEdit } as MenuItem] : []),
    contact.no_contact
      ? { label: t('contact.unbar'), icon: 'phone', onClick: () => void unbar() }
      : { label: t('contact.bar'), icon: 'alert', onClick: () => setAsking('bar') },
    ...(contact.moved_to
      ? []
      : [{ label: t('contact.move'), icon: 'right', onClick: () => setAsking('move') } as MenuItem]),
  ]
  const set = async (way: 'phone' | 'email', invalid: boolean) => {
    try {
      await (invalid ? markInvalid(contact, way) : unmarkInvalid(contact, way))
      toast(t(invalid ? 'contact.marked' : 'contact.unmarked'))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(contact.customer_id)
  }
  for (const way of ['phone', 'email'] as const) {
    const marked = Boolean(contact[`${way}_invalid`])
    const label = t(marked ? `contact.unmark_${way}` : `contact.mark_${way}`)
    if (contact[way]) items.push({ label, icon: 'flag', onClick: () => void set(way, !marked) })
  }
  return (
    <>
      <Menu items={items}>
        <IconButton label={t('contact.acts', { name: contact.name })} icon="more" />
      </Menu>
      <Dialog title={`${t('contact.bar')}: ${contact.name}`} open={asking === 'bar'} onClose={close} size={440}>
        <BarForm contact={contact} onDone={close} />
      </Dialog>
      <Dialog title={`${t('contact.move')}: ${contact.name}`} open={asking === 'move'} onClose={close} size={480}>
        <MoveForm contact={contact} onDone={close} />
      </Dialog>
    </>
  )
}

/** What everybody who looks at this person must know first. */
export function ContactState({ contact }: { contact: Contact }) {
  const { no_contact, moved_to, moved_from } = contact
  return (
    <>
      {no_contact && (
        <p>
          <Status tone="bad">{t('contact.barred')}</Status>{' '}
          <span className="dim">
            {t('contact.barred_why', { why: no_contact.why, by: no_contact.by.name, when: ago(no_contact.at) })}
          </span>
        </p>
      )}
      {(['phone', 'email'] as const).map((way) => {
        const noted = contact[`${way}_invalid`]
        return (
          noted && (
            <p key={way}>
              <Status tone="warn">{t(`contact.${way}_invalid`)}</Status>{' '}
              <span className="dim">{t('contact.invalid_by', { by: noted.by.name, when: ago(noted.at) })}</span>
            </p>
          )
        )
      })}
      {moved_to && (
        <p className="dim">
          {t('contact.moved_to')} <Link to={`/customers/${moved_to.customer_id}`}>{moved_to.customer}</Link>
        </p>
      )}
      {moved_from && (
        <p className="dim">
          {t('contact.moved_from')} <Link to={`/customers/${moved_from.customer_id}`}>{moved_from.customer}</Link>
        </p>
      )}
    </>
  )
}

type FormProps = { contact: Contact; onDone: () => void }

function BarForm({ contact, onDone }: FormProps) {
  const refresh = useRefresh()
  const form = useForm<{ reason: string }>({
    initial: { reason: '' },
    check: required<{ reason: string }>({ reason: t('contact.bar_why') }),
    submit: async ({ reason }) => {
      await barContact(contact, reason.trim())
      toast(t('contact.barred_done'))
      onDone()
      await refresh(contact.customer_id)
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone} submitLabel={t('contact.bar')}>
      <Text label={t('contact.bar_why')} required autoFocus maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

type MoveValues = { customer_id: string | null; position: string; department: string }

function MoveForm({ contact, onDone }: FormProps) {
  const refresh = useRefresh()
  const form = useForm<MoveValues>({
    initial: { customer_id: null, position: '', department: '' },
    check: required<MoveValues>({ customer_id: t('contact.move_to') }),
    submit: async ({ customer_id, position, department }, key) => {
      const body = { customer_id: customer_id ?? '', position: position || null, department: department || null }
      await moveContact(contact, body, key)
      toast(t('contact.moved_done', { name: contact.name }))
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone} submitLabel={t('contact.move_save')}>
      <Notice>{t('contact.move_hint')}</Notice>
      <Lookup
        label={t('contact.move_to')}
        source="contact-move"
        find={searchCustomers}
        required
        autoFocus
        {...form.bind('customer_id')}
      />
      <div className="two">
        <Text label={t('field.position')} maxLength={60} {...form.bind('position')} />
        <Text label={t('field.contact_department')} maxLength={60} {...form.bind('department')} />
      </div>
    </Form>
  )
}
