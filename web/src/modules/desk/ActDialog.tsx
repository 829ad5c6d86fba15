/** One step of a case: what is to be said of it, and nothing else. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Option, searchPeople } from '@/api'
import {
  Area,
  ChoiceField,
  DateTimeField,
  Department,
  Dialog,
  Form,
  IconButton,
  Lookup,
  Notice,
  Person,
  Segmented,
  Sheet,
  Skeleton,
  Switch,
  Text,
  toast,
  useForm,
  usePhone,
} from '@/ui'
import { type ActValues, asks, buildAct, faultsOf, initialOf, type Saying } from './acts'
import { channelChoices, kindChoices, levelChoices } from './options'
import { type Case, doAct, letterQuery, type Outcome, searchCases, useRefresh } from './queries'
import { w } from './words'
import './desk.css'

type Props = { one: Case; step: Saying; onClose: () => void }

export function ActDialog(props: Props) {
  const phone = usePhone()
  const letter = useQuery({ ...letterQuery(props.one.id), enabled: props.step === 'told' })
  const Frame = phone ? Sheet : Dialog
  return (
    <Frame title={`${w(`act.${props.step}`)} · ${props.one.number}`} open onClose={props.onClose} size={600}>
      {props.step === 'told' && letter.isPending ? (
        <Skeleton lines={6} />
      ) : (
        <ActForm {...props} content={letter.data ?? ''} />
      )}
    </Frame>
  )
}

function ActForm({ one, step, content, onClose }: Props & { content: string }) {
  const refresh = useRefresh()
  const form = useForm<ActValues>({
    initial: initialOf(one, step, content),
    check: (values) => faultsOf(one, step, values),
    submit: async (values, key) => {
      const filed = await doAct(one.id, buildAct(step, values), key)
      await refresh(one.customer?.id)
      toast(step === 'split' ? w('done.opened', { number: filed.number }) : w('done.said'))
      onClose()
    },
  })
  const needs = asks[step]
  const { values } = form
  return (
    <Form form={form} guard={false} onCancel={onClose} submitLabel={w(`act.${step}`)} danger={step === 'withdrawn'}>
      {needs.includes('classify') && <Classify one={one} form={form} />}
      {needs.includes('assign') && (
        <div className="two">
          <Person label={w('label.assignee')} current={one.assignee} autoFocus {...form.bind('assignee_id')} />
          <Department label={w('label.department')} {...form.bind('department_id')} />
        </div>
      )}
      {needs.includes('members') && <Members values={values.members} onChange={(members) => form.set({ members })} />}
      {needs.includes('other') && (
        <Lookup
          label={w('other.case')}
          placeholder={w('other.find')}
          source="cases"
          find={searchCases}
          required
          autoFocus
          {...form.bind('case_id')}
        />
      )}
      {needs.includes('outcome') && (
        <Segmented<Outcome> label={w('follow.outcome')} options={outcomes()} {...form.bind('outcome')} />
      )}
      {needs.includes('subject') && <Text label={w('label.subject')} required autoFocus {...form.bind('subject')} />}
      {needs.includes('content') && (
        <Area
          label={w(`say.${step as 'answered'}`)}
          rows={step === 'told' ? 8 : 3}
          required
          autoFocus={needs[0] === 'content'}
          {...form.bind('content')}
        />
      )}
      {needs.includes('remark') && <Area label={w('say.remark')} {...form.bind('content')} />}
      {(needs.includes('channel') || needs.includes('at')) && (
        <div className="two">
          {needs.includes('channel') && (
            <ChoiceField label={w('label.channel')} options={channelChoices()} required {...form.bind('channel')} />
          )}
          {needs.includes('at') && (
            <DateTimeField label={w('label.at')} placeholder={w('at.now')} {...form.bind('at')} />
          )}
        </div>
      )}
      {step === 'followed_up' && <FollowUp one={one} form={form} />}
      {step === 'withdrawn' && <p className="dim">{w('say.withdrawn_hint')}</p>}
    </Form>
  )
}

type FormOf = ReturnType<typeof useForm<ActValues>>

/** Of what kind and level it is: proposed by the words of the customer, confirmed by whoever saves. */
function Classify({ one, form }: { one: Case; form: FormOf }) {
  const { values } = form
  const changed = one.state !== 'received' && values.level !== String(one.level)
  return (
    <>
      <Segmented label={w('label.kind')} options={kindChoices()} {...form.bind('kind')} />
      <Segmented label={w('label.level')} options={levelChoices()} {...form.bind('level')} />
      {one.suggestion && <Suggested words={one.suggestion.words} />}
      <Department label={w('label.department')} {...form.bind('department_id')} />
      {changed && <Area label={w('say.level')} required {...form.bind('reason')} />}
    </>
  )
}

export function Suggested({ words }: { words: string[] }) {
  if (words.length === 0) return null
  return <p className="dim">{w('suggested', { words: words.map((word) => `“${word}”`).join(' ') })}</p>
}

function FollowUp({ one, form }: { one: Case; form: FormOf }) {
  const { outcome } = form.values
  if (outcome === 'dissatisfied') return <Notice>{w('follow.reopens')}</Notice>
  const enough = outcome === 'confirmed' || one.tries >= 1
  return (
    <>
      {outcome === 'unreachable' && <p className="dim">{w('follow.tries', { n: one.tries })}</p>}
      {enough && <Switch label={w('follow.close')} {...form.bind('close')} />}
    </>
  )
}

function Members({ values, onChange }: { values: Option[]; onChange: (members: Option[]) => void }) {
  const [picked, setPicked] = useState<string | null>(null)
  return (
    <div className="stack">
      <Lookup
        key={values.length}
        label={w('call.members')}
        name="members"
        source="people"
        find={searchPeople}
        value={picked}
        onChange={setPicked}
        onPick={(option) => {
          setPicked(null)
          if (!values.some((one) => one.value === option.value)) onChange([...values, option])
        }}
        autoFocus
      />
      <ul className="row wrap">
        {values.map((one) => (
          <li key={one.value} className="tag row">
            {one.label}
            <IconButton
              label={w('call.remove', { name: one.label })}
              icon="close"
              onClick={() => onChange(values.filter((other) => other !== one))}
            />
          </li>
        ))}
      </ul>
    </div>
  )
}

const outcomes = () =>
  (['confirmed', 'unreachable', 'dissatisfied'] as const).map((value) => ({ value, label: w(`follow.${value}`) }))
