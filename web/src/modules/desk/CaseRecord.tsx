/** The parts of a case, the same in the drawer and on the page. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, newKey, useMe } from '@/api'
import { Button, Link, Notice, type RecordParts, Skeleton, Status, toast } from '@/ui'
import { ActDialog } from './ActDialog'
import { clickedAct, type Doing, isClick, offered, type Saying } from './acts'
import { CaseEntries } from './CaseEntries'
import { CaseFacts } from './CaseFacts'
import { CaseMenu } from './CaseMenu'
import { CaseSide } from './CaseSide'
import { customerName, stateText } from './columns'
import { EditCase } from './EditCase'
import { kindWord, levelTone, levelWord, stateTone } from './options'
import { type Case, caseQuery, doAct, useRefresh } from './queries'
import { w } from './words'
import './desk.css'

export type Loaded = { parts: RecordParts; error?: unknown; retry: () => void }

export function useCaseRecord(id: string, onGone: () => void): Loaded {
  const me = useMe()
  const { data: one, error, refetch } = useQuery(caseQuery(id))
  const [doing, setDoing] = useState<Saying | 'edit'>()
  const click = useClick(one)
  const acts = one ? offered(one, me?.id) : []
  const run = (step: Doing) => (isClick(step) ? void click(step) : setDoing(step))
  const close = () => setDoing(undefined)
  return {
    error,
    retry: () => void refetch(),
    parts: {
      title: one?.subject ?? w('back'),
      marks: one && <Marks one={one} />,
      actions: one && (
        <>
          <CaseMenu one={one} acts={acts} onDo={run} onEdit={() => setDoing('edit')} onGone={onGone} />
          {doing === 'edit' && <EditCase one={one} onClose={close} />}
          {doing && doing !== 'edit' && <ActDialog one={one} step={doing} onClose={close} />}
        </>
      ),
      facts: one ? <CaseFacts one={one} /> : <Skeleton lines={8} />,
      composer: one && <NextStep one={one} acts={acts} onDo={run} />,
      timeline: one ? <CaseEntries key={id} one={one} /> : <Skeleton lines={6} />,
      side: one && <CaseSide one={one} acts={acts} onDo={run} onIdentify={() => setDoing('edit')} />,
    },
  }
}

function useClick(one: Case | undefined) {
  const refresh = useRefresh()
  return async (step: Doing) => {
    if (!one || !isClick(step)) return
    try {
      const filed = await doAct(one.id, clickedAct(step), newKey())
      toast(w('done.moved', { number: filed.number }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(one.customer?.id)
  }
}

function Marks({ one }: { one: Case }) {
  return (
    <>
      <Status tone={levelTone(one.level)}>{levelWord(one.level)}</Status>
      {one.state !== 'received' && <span>{kindWord(one.kind)}</span>}
      <Status tone={stateTone(one)}>{stateText(one)}</Status>
      {one.cycle > 1 && <Status tone="warn">{w('reopened_times', { n: one.cycle })}</Status>}
      <span>{one.number}</span>
      <span>{customerName(one)}</span>
    </>
  )
}

/** The acts beside the next step that are done most. */
const OFTEN: Doing[] = ['answered', 'wrote', 'noted']

/** What the customer said, what is to be done now, and what else is done most. */
function NextStep({ one, acts, onDo }: { one: Case; acts: Doing[]; onDo: (step: Doing) => void }) {
  const step = one.next?.step as Doing | undefined
  const due = step && acts.includes(step) ? step : undefined
  return (
    <div className="case-top">
      <blockquote className="case-words">{one.content ?? <span className="dim">{w('hidden_text')}</span>}</blockquote>
      {one.merged_into && (
        <Notice>
          <Link to={`/cases/${one.merged_into.id}`}>{w('merged_into', { number: one.merged_into.number })}</Link>
        </Notice>
      )}
      <p>
        {one.next ? (
          <>
            <span className="dim">{w('next.title')} </span>
            <b>{w(`act.${one.next.step as 'answered'}`)}</b>{' '}
            <span className="dim">{w(`next.by.${one.next.owed_by}`)}</span>
          </>
        ) : (
          <span className="dim">{w('next.none')}</span>
        )}
      </p>
      <div className="row wrap">
        {due && (
          <Button kind="primary" size="xs" onClick={() => onDo(due)}>
            {w(`act.${due}`)}
          </Button>
        )}
        {OFTEN.filter((often) => often !== due && acts.includes(often)).map((often) => (
          <Button key={often} size="xs" onClick={() => onDo(often)}>
            {w(`act.${often}`)}
          </Button>
        ))}
      </div>
    </div>
  )
}
