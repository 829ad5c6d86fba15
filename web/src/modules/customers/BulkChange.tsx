/** One change for many customers: each is its own request with its own version, and failures are counted, not hidden. */
import { messageOf } from '@/api'
import { ChoiceField, Form, Person, required, Tags, Text, toast, useForm } from '@/ui'
import { gradeOptions } from './options'
import { type CustomerLine, type Grade, setGrade, setOwner, updateCustomer, useRefresh } from './queries'
import { t } from './words'

type Props = { rows: CustomerLine[]; onDone: () => void }
type Values = { target: string | null; reason: string }
type Change = (row: CustomerLine) => Promise<unknown>

/** Six at a time: quick enough, and others are served in between. */
const AT_ONCE = 6

export async function changeAll(rows: CustomerLine[], change: Change): Promise<PromiseSettledResult<unknown>[]> {
  const results: PromiseSettledResult<unknown>[] = []
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    results.push(...(await Promise.allSettled(rows.slice(at, at + AT_ONCE).map(change))))
  }
  return results
}

function useChangeAll({ rows, onDone }: Props) {
  const refresh = useRefresh()
  return async (change: Change) => {
    const results = await changeAll(rows, change)
    const failures = results.filter((result) => result.status === 'rejected')
    await refresh()
    const done = results.length - failures.length
    toast(
      failures[0]
        ? t('customers.changed_some', { done, failed: failures.length, why: messageOf(failures[0].reason) })
        : t('customers.changed_n', { n: done }),
    )
    onDone()
  }
}

function useBulk(
  props: Props,
  label: string,
  present: (row: CustomerLine) => string | undefined,
  change: (row: CustomerLine, target: string, reason: string) => Promise<unknown>,
) {
  const run = useChangeAll(props)
  return useForm<Values>({
    initial: { target: common(props.rows.map(present)), reason: '' },
    check: required<Values>({ target: label, reason: t('customers.reason') }),
    submit: ({ target, reason }) => run((row) => change(row, target ?? '', reason.trim())),
  })
}

/** What all have; nothing where they differ. */
function common(values: (string | undefined)[]): string | null {
  const [first, ...rest] = values
  return first && rest.every((value) => value === first) ? first : null
}

export function BulkGrade(props: Props) {
  const form = useBulk(
    props,
    t('field.grade'),
    (row) => row.grade,
    (row, grade, reason) => setGrade(row, grade as Grade, reason),
  )
  return (
    <Form form={form} guard={false} onCancel={props.onDone}>
      <ChoiceField label={t('field.grade')} options={gradeOptions()} required autoFocus {...form.bind('target')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

export function BulkOwner(props: Props) {
  const form = useBulk(props, t('field.owner'), (row) => row.owner?.id, setOwner)
  return (
    <Form form={form} guard={false} onCancel={props.onDone}>
      <Person label={t('field.owner')} required autoFocus {...form.bind('target')} />
      <Text label={t('customers.reason')} required maxLength={200} {...form.bind('reason')} />
    </Form>
  )
}

/** Tags are added to what each customer has, or taken from it. */
export function BulkTags(props: Props) {
  const run = useChangeAll(props)
  const suggestions = [...new Set(props.rows.flatMap((row) => row.tags))]
  const form = useForm<{ add: string[]; remove: string[] }>({
    initial: { add: [], remove: [] },
    submit: ({ add, remove }) =>
      run((row) => {
        const kept = row.tags.filter((tag) => !remove.includes(tag))
        return updateCustomer(row, { tags: [...new Set([...kept, ...add])] })
      }),
  })
  return (
    <Form form={form} guard={false} onCancel={props.onDone}>
      <Tags label={t('customers.tags_added')} autoFocus {...form.bind('add')} />
      <Tags label={t('customers.tags_removed')} suggestions={suggestions} {...form.bind('remove')} />
    </Form>
  )
}
