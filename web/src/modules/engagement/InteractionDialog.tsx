import { Suspense } from 'react'
import { messageOf, restoreRemoved, useCan, useMe } from '@/api'
import { dateTime, lookup, t as words } from '@/i18n'
import { Attachments } from '@/modules/customers'
import {
  Area,
  Button,
  Dialog,
  Facts,
  Form,
  Link,
  required,
  Skeleton,
  Status,
  Text,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { checkInText } from './field/position'
import { t } from './messages'
import { changeInteraction, type Interaction, useRefresh, withdrawInteraction } from './queries'
import { w } from './words'

type Values = { content: string; feedback: string; next_plan: string }

/** One record: its words can be corrected; when and how it took place stands, since duties were judged by it. */
export function InteractionDialog({ record, onClose }: { record: Interaction; onClose: () => void }) {
  const me = useMe()
  const can = useCan()
  const refresh = useRefresh()
  const customer = record.customer.id
  const mayChange = can('interaction', 'update')
  const form = useForm<Values>({
    initial: {
      content: record.content,
      feedback: record.feedback ?? '',
      next_plan: record.next_plan ?? '',
    },
    check: required<Values>({ content: w('record.content') }),
    submit: async ({ content, feedback, next_plan }) => {
      const text = (value: string) => value.trim() || null
      await changeInteraction(record, { content, feedback: text(feedback), next_plan: text(next_plan) })
      await refresh(customer)
      toast(words('saved'))
      onClose()
    },
  })
  const withdraw = async () => {
    try {
      await withdrawInteraction(customer, record.id)
    } catch (error) {
      return toast(messageOf(error))
    }
    onClose()
    await refresh(customer)
    undoable(w('interactions.withdrawn'), () => void restore())
  }
  const restore = async () => {
    try {
      await restoreRemoved(record.id)
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(customer)
  }
  const kind = lookup(`interaction.${record.kind}`) ?? record.kind
  return (
    <Dialog title={`${record.customer.name ?? ''} · ${kind}`} open onClose={onClose} size={560}>
      <div className="stack">
        <Facts
          groups={[
            {
              title: dateTime(record.at),
              facts: [
                {
                  key: 'customer',
                  label: w('record.customer'),
                  value: <Link to={`/customers/${customer}`}>{record.customer.name}</Link>,
                },
                { key: 'contact', label: w('record.contact'), value: record.contact?.name },
                {
                  key: 'check_in',
                  label: t('check_in.title'),
                  value: record.check_in && checkInText(record.check_in),
                },
                { key: 'actor', label: w('interactions.actor'), value: record.actor.name },
                {
                  key: 'late',
                  label: w('interactions.timeliness'),
                  value: (
                    <Status tone={record.late ? 'warn' : 'good'}>
                      {w(record.late ? 'interactions.late' : 'interactions.in_time')}
                    </Status>
                  ),
                },
              ],
            },
          ]}
        />
        <Form form={form} guard={false} onCancel={onClose}>
          <Area label={w('record.content')} required disabled={!mayChange} {...form.bind('content')} />
          <Text label={w('record.feedback')} disabled={!mayChange} {...form.bind('feedback')} />
          <Text label={w('record.next')} disabled={!mayChange} {...form.bind('next_plan')} />
          <p className="dim">{w('interactions.fixed')}</p>
          {can('interaction', 'delete') && (record.actor.id === me?.id || mayChange) && (
            <div>
              <Button size="xs" kind="quiet" icon="trash" onClick={() => void withdraw()}>
                {w('interactions.withdraw')}
              </Button>
            </div>
          )}
        </Form>
        <section>
          <h2 className="small">{w('interactions.files')}</h2>
          <Suspense fallback={<Skeleton lines={2} />}>
            <Attachments customer={customer} kind="interaction" record={record.id} mayAdd={mayChange} />
          </Suspense>
        </section>
      </div>
    </Dialog>
  )
}
