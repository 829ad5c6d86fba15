/** Beside the case: its clocks, who has it, the task force, files. */
import { Suspense, useState } from 'react'
import { locale } from '@/i18n'
import { RecordFiles } from '@/modules/customers'
import { clausePath } from '@/modules/engagement'
import { Button, Link, SideBlock, Status, type Tone } from '@/ui'
import type { Doing } from './acts'
import { ClockLeft, marginText } from './clock'
import type { Case, Clock } from './queries'
import { w } from './words'

type Props = { one: Case; acts: Doing[]; onDo: (step: Doing) => void; onIdentify: () => void }

export function CaseSide({ one, acts, onDo, onIdentify }: Props) {
  return (
    <>
      <Clocks one={one} />
      <SideBlock title={w('side.owner')}>
        <p>
          {one.assignee?.name ?? <span className="soon">{w('side.nobody')}</span>}{' '}
          <span className="dim">{one.department?.name}</span>
        </p>
        <Offers acts={acts} of={['assigned', 'escalated']} onDo={onDo} />
      </SideBlock>
      {(one.members.length > 0 || acts.includes('called')) && (
        <SideBlock title={w('side.force')}>
          <ul>
            {one.members.map((member) => (
              <li key={member.person.id} className="row between">
                <span>{member.person.name}</span>
                <Status tone={member.joined_at ? 'good' : 'warn'}>
                  {w(member.joined_at ? 'side.joined' : member.acknowledged_at ? 'side.acknowledged' : 'side.called')}
                </Status>
              </li>
            ))}
          </ul>
          <Offers acts={acts} of={['acknowledged', 'joined', 'called', 'minutes']} onDo={onDo} />
        </SideBlock>
      )}
      <SideBlock
        title={w('side.files')}
        action={
          one.customer && (
            <Suspense>
              <RecordFiles
                customer={one.customer.id}
                kind="case"
                record={one.id}
                name={one.number}
                mayAdd={one.may_update}
              />
            </Suspense>
          )
        }
      >
        {!one.customer && (
          <p className="dim">
            {w('side.files_need_customer')}{' '}
            {one.may_update && (
              <button type="button" className="link" onClick={onIdentify}>
                {w('set_customer')}
              </button>
            )}
          </p>
        )}
      </SideBlock>
    </>
  )
}

function Offers({ acts, of, onDo }: { acts: Doing[]; of: Doing[]; onDo: (step: Doing) => void }) {
  const shown = of.filter((step) => acts.includes(step))
  if (shown.length === 0) return null
  return (
    <div className="row wrap case-offers">
      {shown.map((step) => (
        <Button key={step} size="xs" onClick={() => onDo(step)}>
          {w(`act.${step}`)}
        </Button>
      ))}
    </div>
  )
}

/** What is running, and what was broken; what was kept, when one asks. */
function Clocks({ one }: { one: Case }) {
  const [all, setAll] = useState(false)
  const pressing = one.clocks.filter((clock) => clock.live || clock.state === 'late' || clock.state === 'missed')
  const ended = one.clocks.length - pressing.length
  return (
    <SideBlock title={w('clock.title')}>
      {pressing.length === 0 && <p className="dim">{w('clock.none')}</p>}
      <ul>
        {(all ? one.clocks : pressing).map((clock) => (
          <ClockLine key={clock.duty_id} clock={clock} />
        ))}
      </ul>
      {ended > 0 && !all && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {w('clock.ended', { n: ended })}
        </button>
      )}
    </SideBlock>
  )
}

function ClockLine({ clock }: { clock: Clock }) {
  return (
    <li className="case-clock">
      <p>
        <Link to={`/policy/duties/${clock.duty_id}`}>{clock.name[locale()]}</Link>{' '}
        <Link to={clausePath(clock.clause)} className="dim">
          {clock.clause}
        </Link>
      </p>
      {clock.live ? <ClockLeft clock={clock} /> : <Decided clock={clock} />}
    </li>
  )
}

const tones: Partial<Record<Clock['state'], Tone>> = { met: 'good', late: 'bad', missed: 'bad' }

/** How a clock ended, and by how much. */
function Decided({ clock }: { clock: Clock }) {
  const margin = clock.margin_seconds
  return (
    <p className="row wrap case-decided">
      <Status tone={tones[clock.state]}>{w(`clock.state.${clock.state as 'met'}`)}</Status>
      {margin !== null && margin !== undefined && <span className="dim">{marginText(margin, clock.working)}</span>}
    </p>
  )
}
