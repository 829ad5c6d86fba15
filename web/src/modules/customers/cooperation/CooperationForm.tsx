import { fieldAccess, newKey, useMe } from '@/api'
import { civilDate, now } from '@/i18n'
import { Area, ChoiceField, DateField, Form, Money, required, Segmented, Text, toast, useForm } from '@/ui'
import { useRefresh } from '../queries'
import { t } from '../words'
import { type Cooperation, type CooperationInput, changeCooperation, recordCooperation } from './queries'

type Kind = Cooperation['kind']
type State = Cooperation['state']
type Values = {
  kind: Kind
  number: string
  happened_on: string | null
  items: string
  amount_fen: number | null
  starts_on: string | null
  ends_on: string | null
  contract_number: string
  state: State
  problems: string
}

const kinds: Kind[] = ['order', 'contract', 'renewal']
const states: State[] = ['signed', 'delivered', 'cancelled']

export const stateWord = (kind: Kind, state: State) => t(`cooperation.state.${kind}.${state}`)

/** What a new record has at first, or what one in hand has. */
function initial(record: Cooperation | undefined): Values {
  return {
    kind: record?.kind ?? 'order',
    number: record?.number ?? '',
    happened_on: record?.happened_on ?? civilDate(now()),
    items: record?.items.join('\n') ?? '',
    amount_fen: record?.amount_fen ?? null,
    starts_on: record?.starts_on ?? null,
    ends_on: record?.ends_on ?? null,
    contract_number: record?.contract_number ?? '',
    state: record?.state ?? 'signed',
    problems: record?.problems ?? '',
  }
}

/** What the server is sent; fields that a role does not show stay as they are. */
function bodyOf(values: Values, may: (field: string) => boolean): CooperationInput {
  const order = values.kind === 'order'
  return {
    kind: values.kind,
    number: values.number.trim() || null,
    happened_on: values.happened_on,
    starts_on: order ? null : values.starts_on,
    ends_on: order ? null : values.ends_on,
    contract_number: order ? values.contract_number.trim() || null : null,
    state: values.state,
    ...(may('items') ? { items: values.items.split('\n').filter((item) => item.trim()) } : {}),
    ...(may('amount_fen') ? { amount_fen: values.amount_fen } : {}),
    ...(may('problems') ? { problems: values.problems.trim() || null } : {}),
  }
}

type Props = { customerId: string; record?: Cooperation; onDone: () => void }

export function CooperationForm({ customerId, record, onDone }: Props) {
  const me = useMe()
  const refresh = useRefresh()
  const may = (field: string) => fieldAccess(me, `cooperation.${field}`) === 'edit'
  const form = useForm<Values>({
    initial: initial(record),
    check: required<Values>({ happened_on: t('cooperation.happened_on') }),
    submit: async (values, key) => {
      const body = bodyOf(values, may)
      await (record ? changeCooperation(record, body) : recordCooperation(customerId, body, key ?? newKey()))
      toast(t('cooperation.saved'))
      onDone()
      await refresh(customerId)
    },
  })
  const { kind } = form.values
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <Segmented<Kind>
        label={t('cooperation.kind')}
        options={kinds.map((value) => ({ value, label: t(`cooperation.kind.${value}`) }))}
        value={kind}
        onChange={(next) => form.set({ kind: next })}
      />
      <div className="two">
        <DateField label={t(`cooperation.on.${kind}`)} required {...form.bind('happened_on')} />
        <Text label={t(`cooperation.number.${kind}`)} maxLength={100} {...form.bind('number')} />
      </div>
      {may('items') && (
        <Area label={t('cooperation.items')} hint={t('cooperation.items_hint')} {...form.bind('items')} />
      )}
      <div className="two">
        {may('amount_fen') && <Money label={t('cooperation.amount_fen')} {...form.bind('amount_fen')} />}
        <ChoiceField<State>
          label={t('cooperation.state')}
          options={states.map((value) => ({ value, label: stateWord(kind, value) }))}
          required
          value={form.values.state}
          onChange={(state) => form.set({ state: state ?? 'signed' })}
        />
      </div>
      {kind === 'order' ? (
        <Text
          label={t('cooperation.contract_number')}
          hint={t('cooperation.contract_hint')}
          maxLength={100}
          {...form.bind('contract_number')}
        />
      ) : (
        <div className="two">
          <DateField label={t('cooperation.starts_on')} {...form.bind('starts_on')} />
          <DateField label={t('cooperation.ends_on')} {...form.bind('ends_on')} />
        </div>
      )}
      {may('problems') && <Area label={t('cooperation.problems')} {...form.bind('problems')} />}
    </Form>
  )
}
