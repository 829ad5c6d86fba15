/** The organisation chart of a customer (R3-1.1, R3-1.2): departments, people, who decides and who is for us. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { list, t as words } from '@/i18n'
import { Button, Dialog, Empty, Failed, Skeleton, toast } from '@/ui'
import { ContactForm } from '../ContactForm'
import {
  type ChartUnit,
  type Contact,
  type Customer,
  changeUnit,
  chartQuery,
  contactsQuery,
  drawChart,
  updateContact,
  useRefresh,
} from '../queries'
import { t } from '../words'
import { ChartTree } from './ChartTree'
import { type Move, standing } from './tree'
import { UnitForm } from './UnitForm'
import './chart.css'

export default function Chart({ customer }: { customer: Customer }) {
  const chart = useQuery(chartQuery(customer.id))
  const contacts = useQuery(contactsQuery(customer.id))
  const failed = chart.error ?? contacts.error
  if (failed) {
    const retry = () => void Promise.all([chart.refetch(), contacts.refetch()])
    return <Failed title={words('list.failed')} why={messageOf(failed)} onRetry={retry} />
  }
  if (!chart.data || !contacts.data) return <Skeleton lines={6} />
  return <Drawn customer={customer} units={chart.data} people={contacts.data} />
}

type Editing = { unit: ChartUnit } | { person: Contact } | 'new'
type DrawnProps = { customer: Customer; units: ChartUnit[]; people: Contact[] }

function Drawn({ customer, units, people }: DrawnProps) {
  const can = useCan()
  const refresh = useRefresh()
  const [editing, setEditing] = useState<Editing>()
  const mayChange = can('contact', 'update')
  const close = () => setEditing(undefined)
  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      toast(done)
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(customer.id)
  }
  const move = (move: Move) => {
    const { name } = 'unit' in move ? move.unit : move.person
    const work = () =>
      'unit' in move ? changeUnit(customer.id, move.unit, move.change) : updateContact(move.person, move.change)
    return act(work, t('chart.moved', { name }))
  }
  const left = people.filter((person) => person.left)
  const canDraw = units.length === 0 && people.some((person) => person.department && !person.left)
  const draw = canDraw && (
    <Button size="xs" onClick={() => void act(() => drawChart(customer.id), t('chart.drawn'))}>
      {t('chart.draw')}
    </Button>
  )
  const add = (
    <Button size="xs" icon="plus" onClick={() => setEditing('new')}>
      {t('chart.add')}
    </Button>
  )
  const isEmpty = units.length === 0 && people.length === 0
  return (
    <div className="chart">
      {isEmpty ? (
        <Empty title={t('chart.empty')} why={t('chart.empty_why')}>
          {mayChange && add}
        </Empty>
      ) : (
        <>
          <div className="row between wrap">
            <p className="dim">{t('chart.standing', standing(people))}</p>
            {mayChange && (
              <div className="row wrap no-print">
                {draw}
                {add}
              </div>
            )}
          </div>
          <ChartTree
            name={t('chart.title', { name: customer.name })}
            top={customer.name}
            units={units}
            people={people}
            onMove={mayChange ? (to) => void move(to) : undefined}
            onEdit={mayChange ? setEditing : undefined}
          />
          {mayChange && <p className="dim tree-keys no-print">{t('chart.keys')}</p>}
          {left.length > 0 && (
            <p className="dim">
              {t('chart.left', { n: left.length })}: {list(left.map((person) => person.name))}
            </p>
          )}
        </>
      )}
      <Dialog title={t('chart.add')} open={editing === 'new'} onClose={close} size={420}>
        <UnitForm customerId={customer.id} units={units} onDone={close} />
      </Dialog>
      <Dialog title={t('chart.edit')} open={isUnit(editing)} onClose={close} size={420}>
        {isUnit(editing) && <UnitForm customerId={customer.id} units={units} unit={editing.unit} onDone={close} />}
      </Dialog>
      <Dialog title={t('customers.contact_edit')} open={isPerson(editing)} onClose={close} size={640}>
        {isPerson(editing) && <ContactForm customerId={customer.id} contact={editing.person} onDone={close} />}
      </Dialog>
    </div>
  )
}

const isUnit = (editing?: Editing): editing is { unit: ChartUnit } => typeof editing === 'object' && 'unit' in editing
const isPerson = (editing?: Editing): editing is { person: Contact } =>
  typeof editing === 'object' && 'person' in editing
