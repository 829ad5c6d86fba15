import { useState } from 'react'
import { messageOf } from '@/api'
import { count } from '@/i18n'
import { Button, ChoiceField, Notice, Person, Region, RegionName } from '@/ui'
import { useMaySetGrade } from '../grades/maySet'
import { gradeOptions, industryOptions, kindOptions, sourceOptions, word } from '../options'
import { type ImportPreview, mapImport } from '../queries'
import { t } from '../words'
import type { Checked, SheetProps } from './ImportPage'
import { targetName } from './MapStep'
import { type Replacement, replaced } from './state'

type Props = SheetProps & { checked: Checked; onChecked: (checked: Checked) => void }
type Value = Pick<ImportPreview['unknown'][number], 'index' | 'text'> & { rows?: number }

/** Each value that is unknown, once, with what to read in its place; a choice looks at the sheet again at once. */
export function Unknown({ view, checked, onChecked }: Props) {
  const { mapping, body, preview } = checked
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [names, setNames] = useState<Readonly<Record<string, string>>>({})
  const chosen: Replacement[] = (body.replacements ?? []).map((one) => ({ ...one, to: one.to ?? null }))
  const read = async ({ index, text }: Value, to: string | null | undefined) => {
    setBusy(true)
    setError(undefined)
    const next = { ...body, replacements: replaced(chosen, { index, from: text }, to) }
    try {
      onChecked({ mapping, body: next, preview: await mapImport(view.id, next) })
    } catch (problem) {
      setError(messageOf(problem))
    }
    setBusy(false)
  }
  if (chosen.length + preview.unknown.length === 0) return null
  return (
    <section className="stack" aria-label={t('import.unknown')} aria-busy={busy}>
      <h2>{t('import.unknown')}</h2>
      <p className="dim">{t('import.unknown_hint')}</p>
      {error && <Notice tone="bad">{error}</Notice>}
      <ul className="unknown">
        {chosen.map(({ index, from, to }) => {
          const field = mapping[index] ?? ''
          return (
            <li key={`${index} ${from}`}>
              <What field={field} value={{ index, text: from }} />
              <span className="good">
                → {to === null ? emptyWord(field) : <Reads field={field} value={to} name={names[to]} />}
              </span>
              <Button kind="quiet" disabled={busy} onClick={() => void read({ index, text: from }, undefined)}>
                {t('import.unknown_undo')}
              </Button>
            </li>
          )
        })}
        {preview.unknown.map((value) => {
          const field = mapping[value.index] ?? ''
          return (
            <li key={`${value.index} ${value.text}`}>
              <What field={field} value={value} />
              <Chooser
                field={field}
                label={t('import.unknown_read', { text: value.text })}
                disabled={busy}
                onPick={(to, name) => {
                  if (name) setNames({ ...names, [to]: name })
                  void read(value, to)
                }}
              />
              <Button kind="quiet" disabled={busy} onClick={() => void read(value, null)}>
                {emptyWord(field)}
              </Button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** An owner that is not said is the default one. */
function emptyWord(field: string): string {
  return field === 'owner' ? t('import.unknown_default_owner') : t('import.unknown_empty')
}

function What({ field, value: { text, rows } }: { field: string; value: Value }) {
  return (
    <span>
      <span className="dim">{targetName(field)}</span> <b>{text}</b>{' '}
      {rows !== undefined && <span className="dim">{t('import.rows_n', { n: count(rows) })}</span>}
    </span>
  )
}

function Reads({ field, value, name }: { field: string; value: string; name: string | undefined }) {
  if (field === 'region') return <RegionName code={value} />
  if (field === 'owner') return <>{name ?? t('import.unknown_colleague')}</>
  return <>{word(field, value)}</>
}

type ChooserProps = {
  field: string
  label: string
  disabled: boolean
  onPick: (to: string, name?: string) => void
}

const options = { kind: kindOptions, grade: gradeOptions, industry: industryOptions, source: sourceOptions }

function Chooser({ field, label, disabled, onPick }: ChooserProps) {
  const maySetGrade = useMaySetGrade()
  const common = { 'aria-label': label, disabled, value: null }
  const pick = (to: string | null) => to && onPick(to)
  if (field === 'owner') {
    const chosen = ({ value, label: name }: { value: string; label: string }) => onPick(value, name)
    return <Person {...common} onPick={chosen} onChange={() => undefined} />
  }
  if (field === 'region') return <Region {...common} onChange={pick} />
  const choices = options[field as keyof typeof options]?.()
  const offered = field === 'grade' && !maySetGrade ? choices?.filter(({ value }) => value === 'ordinary') : choices
  return offered && <ChoiceField {...common} options={offered} onChange={pick} />
}
