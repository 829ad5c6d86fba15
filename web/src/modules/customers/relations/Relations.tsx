/** Whom a customer belongs with (集团, 子公司, 供应商 …). A group is opened level by level, never read whole. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, newKey, searchCustomers, useCan } from '@/api'
import { t as words } from '@/i18n'
import {
  Button,
  ChoiceField,
  Dialog,
  Failed,
  Form,
  Icon,
  IconButton,
  Link,
  Lookup,
  required,
  Skeleton,
  Text,
  toast,
  useForm,
} from '@/ui'
import { Grade, relationOptions, word } from '../options'
import {
  type Customer,
  groupQuery,
  type Related,
  type Relation,
  type RelationKind,
  relate,
  unrelate,
  useRefresh,
  useRelations,
} from '../queries'
import { t } from '../words'
import './relations.css'

const others: RelationKind[] = ['supplier', 'buyer', 'partner', 'affiliate']

export default function Relations({ customer }: { customer: Customer }) {
  const can = useCan()
  const [adding, setAdding] = useState(false)
  const way = useQuery(groupQuery(customer.id))
  const mayChange = can('customer', 'update')
  const close = () => setAdding(false)
  return (
    <div className="relations">
      <div className="row between wrap">
        <h2 className="small">{t('relation.group')}</h2>
        {mayChange && (
          <Button size="xs" icon="plus" onClick={() => setAdding(true)}>
            {t('relation.add')}
          </Button>
        )}
      </div>
      {way.isPending && <Skeleton lines={3} />}
      {way.isError && (
        <Failed title={words('list.failed')} why={messageOf(way.error)} onRetry={() => void way.refetch()} />
      )}
      {way.data && <Group customer={customer} way={way.data} mayChange={mayChange} />}
      <h2 className="small">{t('relation.others')}</h2>
      <Others customer={customer} mayChange={mayChange} />
      <Dialog title={t('relation.add')} open={adding} onClose={close} size={480}>
        <RelationForm customer={customer} onDone={close} />
      </Dialog>
    </div>
  )
}

type GroupProps = { customer: Customer; way: Related[]; mayChange: boolean }

/** The highest group that one may see, opened down to the customer. */
function Group({ customer, way, mayChange }: GroupProps) {
  const [top] = way
  const below = useRelations(customer.id, ['subsidiary'])
  const alone = way.length === 1 && below.data?.pages.every((page) => page.items.length === 0)
  if (!top || alone) return <p className="dim">{t('relation.no_group')}</p>
  const open = new Set(way.map((one) => one.id))
  return (
    <ul className="group-tree">
      <Member member={top} depth={0} open={open} here={customer.id} mayChange={mayChange} />
    </ul>
  )
}

type MemberProps = {
  member: Related
  depth: number
  open: ReadonlySet<string>
  /** The customer on whose record this is shown. */
  here: string
  mayChange: boolean
  relation?: Relation
  parent?: string
}

function Member({ member, depth, open, here, mayChange, relation, parent }: MemberProps) {
  const [opened, setOpened] = useState(open.has(member.id))
  const below = useRelations(member.id, ['subsidiary'], opened)
  const members = below.data?.pages.flatMap((page) => page.items) ?? []
  const next = { depth: depth + 1, open, here, mayChange, parent: member.id }
  return (
    <li>
      <div className="group-row" style={{ paddingLeft: `calc(${depth} * var(--indent))` }}>
        <button
          type="button"
          className="tree-toggle"
          aria-expanded={opened}
          aria-label={t('relation.expand', { name: member.name })}
          onClick={() => setOpened(!opened)}
        >
          <Icon name={opened ? 'down' : 'right'} />
        </button>
        <Name related={member} here={here} />
        {relation && parent && mayChange && (member.id === here || parent === here) && (
          <Unrelate customerId={parent} relation={relation} />
        )}
      </div>
      {opened && (
        <ul>
          {below.isPending && (
            <li>
              <Skeleton lines={1} />
            </li>
          )}
          {below.isError && <li className="late">{messageOf(below.error)}</li>}
          {members.map((one) => (
            <Member key={one.id} member={one.other} relation={one} {...next} />
          ))}
          {below.isSuccess && members.length === 0 && (
            <li className="dim group-none" style={{ paddingLeft: `calc(${depth + 1} * var(--indent) + 30px)` }}>
              {t('relation.none_below')}
            </li>
          )}
          {below.hasNextPage && (
            <li style={{ paddingLeft: `calc(${depth + 1} * var(--indent) + 30px)` }}>
              <More onClick={() => void below.fetchNextPage()} />
            </li>
          )}
        </ul>
      )}
    </li>
  )
}

function Name({ related, here }: { related: Related; here: string }) {
  return (
    <span className="row wrap grow">
      {related.id === here ? <b>{related.name}</b> : <Link to={`/customers/${related.id}`}>{related.name}</Link>}
      <Grade grade={related.grade} />
      {related.id === here && <span className="dim">{t('relation.this')}</span>}
    </span>
  )
}

function Others({ customer, mayChange }: { customer: Customer; mayChange: boolean }) {
  const found = useRelations(customer.id, others)
  const relations = found.data?.pages.flatMap((page) => page.items) ?? []
  if (found.isPending) return <Skeleton lines={2} />
  if (found.isError) return <p className="late">{messageOf(found.error)}</p>
  if (relations.length === 0) return <p className="dim">{t('relation.no_others')}</p>
  return (
    <ul>
      {relations.map((relation) => (
        <li key={relation.id} className="group-row">
          <span className="dim relation-kind">{word('relation', relation.kind)}</span>
          <Name related={relation.other} here={customer.id} />
          {relation.note && <span className="dim">{relation.note}</span>}
          {mayChange && <Unrelate customerId={customer.id} relation={relation} />}
        </li>
      ))}
      {found.hasNextPage && <More onClick={() => void found.fetchNextPage()} />}
    </ul>
  )
}

function More({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" className="link" onClick={onClick}>
      {t('relation.more')}
    </button>
  )
}

/** Taken away at once; it can be entered again from the same place. */
function Unrelate({ customerId, relation }: { customerId: string; relation: Relation }) {
  const refresh = useRefresh()
  const { name } = relation.other
  const remove = async () => {
    try {
      await unrelate(customerId, relation)
      toast(t('relation.removed', { name }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  return <IconButton label={t('relation.remove', { name })} icon="close" onClick={() => void remove()} />
}

type Values = { kind: RelationKind | null; other_id: string | null; note: string }

function RelationForm({ customer, onDone }: { customer: Customer; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: { kind: null, other_id: null, note: '' },
    check: required<Values>({ kind: t('relation.kind'), other_id: t('relation.other') }),
    submit: async ({ kind, other_id, note }, key) => {
      const body = { kind: kind ?? 'affiliate', other_id: other_id ?? '', note: note.trim() || null }
      await relate(customer.id, body, key ?? newKey())
      toast(t('relation.added'))
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Lookup
        label={t('relation.other')}
        source="relation"
        find={searchCustomers}
        required
        autoFocus
        {...form.bind('other_id')}
      />
      <ChoiceField<RelationKind>
        label={t('relation.kind')}
        options={relationOptions()}
        required
        {...form.bind('kind')}
      />
      <Text label={t('relation.note')} maxLength={200} {...form.bind('note')} />
    </Form>
  )
}
