import { dateTime, lookup } from '@/i18n'
import { type Choice, type Column, Link, Status } from '@/ui'
import { checkIns, checkInText } from './field/position'
import { t } from './messages'
import type { Interaction } from './queries'
import { kinds } from './record'
import { w } from './words'

const kindChoices = (): Choice[] => kinds.map((value) => ({ value, label: lookup(`interaction.${value}`) ?? value }))
const gradeChoices = (): Choice[] =>
  ['vip', 'key', 'ordinary'].map((value) => ({ value, label: lookup(`grade.${value}`) ?? value }))

export const interactionColumns: Column<Interaction>[] = [
  {
    key: 'content',
    title: () => w('record.content'),
    kind: 'text',
    text: (record) => record.content.split('\n')[0] ?? '',
    width: 360,
    filter: true,
  },
  {
    key: 'customer',
    title: () => w('record.customer'),
    kind: 'text',
    text: (record) => record.customer.name ?? '',
    cell: (record) => <Link to={`/customers/${record.customer.id}`}>{record.customer.name ?? '–'}</Link>,
    width: 220,
    card: 'line',
  },
  {
    key: 'kind',
    title: () => w('record.kind'),
    kind: 'choice',
    options: kindChoices,
    text: (record) => lookup(`interaction.${record.kind}`) ?? record.kind,
    width: 90,
    filter: true,
    card: 'mark',
  },
  {
    key: 'at',
    title: () => w('interactions.at'),
    kind: 'date',
    text: (record) => dateTime(record.at),
    width: 140,
    sort: true,
    filter: true,
    card: 'line',
  },
  {
    key: 'contact',
    title: () => w('record.contact'),
    kind: 'text',
    text: (record) => record.contact?.name ?? '',
    width: 100,
  },
  {
    key: 'actor',
    title: () => w('interactions.actor'),
    kind: 'person',
    text: (record) => record.actor.name ?? '',
    width: 100,
    filter: true,
    card: 'line',
  },
  {
    key: 'late',
    title: () => w('interactions.timeliness'),
    kind: 'bool',
    options: () => [
      { value: 'true', label: w('interactions.late') },
      { value: 'false', label: w('interactions.in_time') },
    ],
    text: (record) => w(record.late ? 'interactions.late' : 'interactions.in_time'),
    cell: (record) => (
      <Status tone={record.late ? 'warn' : 'good'}>
        {w(record.late ? 'interactions.late' : 'interactions.in_time')}
      </Status>
    ),
    width: 90,
    filter: true,
  },
  {
    key: 'check_in',
    title: () => t('check_in.title'),
    kind: 'choice',
    options: () => checkIns.map((value) => ({ value, label: t(`check_in.${value}`) })),
    text: (record) => (record.check_in ? checkInText(record.check_in) : ''),
    width: 150,
    filter: true,
    extra: true,
  },
  {
    key: 'feedback',
    title: () => w('record.feedback'),
    kind: 'text',
    text: (record) => record.feedback ?? '',
    width: 200,
    filter: true,
    extra: true,
  },
  {
    key: 'next_plan',
    title: () => w('record.next'),
    kind: 'text',
    text: (record) => record.next_plan ?? '',
    width: 200,
    filter: true,
    extra: true,
  },
  {
    key: 'recorded_at',
    title: () => w('interactions.recorded_at'),
    kind: 'date',
    text: (record) => dateTime(record.recorded_at),
    width: 140,
    filter: true,
    extra: true,
  },
  {
    key: 'grade',
    title: () => w('team.grade'),
    kind: 'choice',
    options: gradeChoices,
    text: () => '',
    filter: true,
    filterOnly: true,
  },
]
