/** One model of a duty's columns: table, cards and filters. */
import { dateTime, dueText, lookup } from '@/i18n'
import type { Column } from '@/ui'
import { DUTY_STATES, DueCell, DutyStatus, progressWords, whatOf } from './duty-words'
import type { Duty } from './model'
import { t } from './words'

/** `clauses` fills the choice of the filter: the clauses of the adopted regulations that make duties. */
export function dutyColumns(clauses: { value: string; label: string }[]): Column<Duty>[] {
  return [
    {
      key: 'what',
      title: () => t('duty.what'),
      kind: 'text',
      text: whatOf,
      width: 260,
    },
    {
      key: 'customer',
      title: () => t('duty.customer'),
      kind: 'text',
      text: (duty) => duty.customer?.name ?? '',
      width: 220,
      card: 'line',
    },
    {
      key: 'grade',
      title: () => t('duty.grade'),
      kind: 'text',
      text: (duty) => (duty.customer ? (lookup(`grade.${duty.customer.grade}`) ?? duty.customer.grade) : ''),
      width: 90,
    },
    {
      key: 'state',
      title: () => t('duty.state'),
      kind: 'choice',
      options: () => DUTY_STATES.map((value) => ({ value, label: t(`duty.state.${value}`) })),
      text: (duty) => t(`duty.state.${duty.state}`),
      cell: (duty) => <DutyStatus state={duty.state} />,
      width: 110,
      filter: true,
      card: 'mark',
    },
    {
      key: 'due_at',
      title: () => t('duty.due_at'),
      kind: 'date',
      text: (duty) => dueText(duty.due_at),
      width: 130,
      sort: true,
      card: 'line',
    },
    {
      key: 'margin',
      title: () => t('duty.margin'),
      kind: 'text',
      text: (duty) => dueText(duty.due_at),
      cell: (duty) => <DueCell duty={duty} />,
      width: 160,
      card: 'line',
    },
    {
      key: 'progress',
      title: () => t('duty.progress'),
      kind: 'text',
      text: progressWords,
      width: 170,
      card: 'line',
    },
    {
      key: 'owner',
      title: () => t('duty.owner'),
      kind: 'person',
      text: (duty) => duty.owner?.name ?? '',
      width: 100,
      filter: true,
      card: 'line',
    },
    {
      key: 'clause',
      title: () => t('duty.clause'),
      kind: 'choice',
      options: () => clauses,
      text: (duty) => duty.clause,
      width: 90,
      filter: true,
    },
    {
      key: 'department',
      title: () => t('duty.department'),
      kind: 'department',
      text: (duty) => duty.department?.name ?? '',
      width: 140,
      filter: true,
      extra: true,
    },
    {
      key: 'due_on',
      title: () => t('duty.due_at'),
      kind: 'date',
      text: (duty) => duty.due_on ?? '',
      filter: true,
      filterOnly: true,
    },
    {
      key: 'met_at',
      title: () => t('duty.met_at'),
      kind: 'date',
      text: (duty) => dateTime(duty.met_at),
      width: 130,
      extra: true,
    },
  ]
}
