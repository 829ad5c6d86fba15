/** What is known of a case: what it is about, who it is from, and when what was done. */
import { fieldAccess, useCan, useMe } from '@/api'
import { dateTime } from '@/i18n'
import { type Fact, Facts, Link, Masked } from '@/ui'
import { channelWord, kindWord, levelWord } from './options'
import { type Case, revealCaller } from './queries'
import { w } from './words'

const WAYS = ['caller_phone', 'caller_email'] as const
const TIMES = [
  'received_at',
  'answered_at',
  'taken_up_at',
  'force_formed_at',
  'solution_at',
  'solved_at',
  'told_at',
  'confirmed_at',
  'closed_at',
] as const

export function CaseFacts({ one }: { one: Case }) {
  const me = useMe()
  const can = useCan()
  const ways: Fact[] = WAYS.filter((field) => one[field] && fieldAccess(me, `case.${field}`) !== 'hidden').map(
    (field) => ({
      key: field,
      label: w(`label.${field}`),
      value: (
        <Masked
          recordId={one.id}
          label={w(`label.${field}`)}
          masked={one[field]?.masked ?? ''}
          onReveal={can('case', 'reveal') ? (reason) => revealCaller(one.id, field, reason) : undefined}
          tel={field === 'caller_phone'}
        />
      ),
    }),
  )
  const times: Fact[] = TIMES.filter((field) => one[field]).map((field) => ({
    key: field,
    label: w(`time.${field}`),
    value: dateTime(one[field] as string),
  }))
  return (
    <Facts
      groups={[
        {
          title: w('facts.who'),
          facts: [
            { key: 'customer', label: w('label.customer'), value: <CustomerLink one={one} /> },
            ...(one.contact ? [{ key: 'contact', label: w('label.contact'), value: one.contact.name }] : []),
            ...(one.caller ? [{ key: 'caller', label: w('label.caller'), value: one.caller }] : []),
            ...ways,
          ],
        },
        {
          title: w('facts.about'),
          facts: [
            { key: 'kind', label: w('label.kind'), value: one.state === 'received' ? null : kindWord(one.kind) },
            { key: 'level', label: w('label.level'), value: levelWord(one.level) },
            { key: 'channel', label: w('label.channel'), value: channelWord(one.channel) },
            ...(one.product ? [{ key: 'product', label: w('label.product'), value: one.product }] : []),
            { key: 'number', label: w('label.number'), value: one.number, copy: one.number },
            { key: 'tracking', label: w('label.tracking'), value: one.tracking, copy: one.tracking },
            { key: 'opened_by', label: w('label.opened_by'), value: one.opened_by.name },
          ],
        },
        { title: w('facts.times'), facts: times },
        ...(one.result
          ? [{ title: w('label.result'), facts: [{ key: 'result', label: w('time.solved_at'), value: one.result }] }]
          : []),
      ]}
    />
  )
}

function CustomerLink({ one }: { one: Case }) {
  return one.customer?.visible ? (
    <Link to={`/customers/${one.customer.id}`}>{one.customer.name}</Link>
  ) : (
    <span className="dim">{one.customer?.name ?? w('unknown_customer')}</span>
  )
}
