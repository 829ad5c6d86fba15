/** Bringing in the sheet people already have: file → fields → check → run. The address holds where one is. */
import '../customers.css'
import './import.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api'
import { Failed, Link, Skeleton, useSearch, useSetSearch, useTitle } from '@/ui'
import { type ImportMapping, type ImportPreview, type ImportView, importQuery } from '../queries'
import { t } from '../words'
import { CheckStep } from './CheckStep'
import { FileStep } from './FileStep'
import { MapStep } from './MapStep'
import { RunStep } from './RunStep'
import { type Mapping, type Step, stepOf, steps } from './state'
import { pathsOf, type Subject, SubjectContext } from './subject'

export default function ImportPage({ subject = 'customer' }: { subject?: Subject }) {
  const search = useSearch()
  const setSearch = useSetSearch()
  const step = stepOf(search)
  const title = subject === 'customer' ? t('import.title') : t('import.subject_cooperation')
  useTitle(title)
  return (
    <SubjectContext value={subject}>
      <div className="page import">
        <p className="no-print">
          <Link to={pathsOf[subject].back}>‹ {t('customers.title')}</Link>
        </p>
        <h1>{title}</h1>
        <Steps at={step} />
        {step === 'file' ? (
          <FileStep onUploaded={(view) => setSearch({ id: view.id })} />
        ) : (
          <Sheet key={search.id} id={search.id ?? ''} step={step} />
        )}
      </div>
    </SubjectContext>
  )
}

function Steps({ at }: { at: Step }) {
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={step === at ? 'step' : undefined}
          data-done={index < steps.indexOf(at) || undefined}
        >
          <span>{index + 1}</span> {t(`import.step_${step}`)}
        </li>
      ))}
    </ol>
  )
}

/** What the sheet was looked at with, and what came of it. */
export type Checked = { mapping: Mapping; body: ImportMapping; preview: ImportPreview }

function Sheet({ id, step }: { id: string; step: Exclude<Step, 'file'> }) {
  const view = useQuery({ ...importQuery(id), staleTime: Number.POSITIVE_INFINITY })
  const [checked, setChecked] = useState<Checked>()
  const setSearch = useSetSearch()
  const client = useQueryClient()
  if (view.isPending) return <Skeleton lines={8} />
  if (view.isError) {
    return <Failed title={t('import.bad_file')} why={messageOf(view.error)} onRetry={() => void view.refetch()} />
  }
  if (step === 'run') return <RunStep view={view.data} />
  // What was checked is not in the address: a page opened there checks again.
  if (step === 'check' && checked) return <CheckStep view={view.data} checked={checked} onChecked={setChecked} />
  const begunAnew = (next: ImportView) => {
    setChecked(undefined)
    client.setQueryData(importQuery(id).queryKey, next)
  }
  return (
    <MapStep
      key={view.data.sheet}
      view={view.data}
      known={checked}
      onView={begunAnew}
      onChecked={(next) => {
        setChecked(next)
        setSearch({ step: 'check' })
      }}
    />
  )
}

export type SheetProps = { view: ImportView }
