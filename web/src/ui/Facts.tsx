/** What is known about a record: in groups, key facts marked, gaps named, each value copied or corrected in place. */
import { type ReactNode, useState } from 'react'
import { messageOf } from '@/api/problem'
import { t } from '@/i18n'
import { Button, IconButton } from './Button'
import type { FieldProps } from './fields'
import { CopyButton, Tag } from './small'
import { toast } from './Undo'

export type Fact<V = unknown> = {
  key: string
  label: string
  /** What is shown; nothing means the fact is not known. */
  value: ReactNode
  /** Offers a copy button with exactly this. */
  copy?: string | null
  mark?: boolean
  /** Marks it as a key fact, or lifts the mark. */
  onMark?: () => void
  edit?: InPlace<V>
}

type InPlace<V> = { value: V; field: (props: FieldProps<V>) => ReactNode; save: (value: V) => Promise<unknown> }

/** Keeps the type of one value between its field and its save. */
export function editable<V>(edit: InPlace<V>): InPlace<unknown> {
  return edit as unknown as InPlace<unknown>
}

export type FactGroup = { title: string; facts: Fact[] }

type Gap = { key: string; label: string }
type FactsProps = {
  groups: FactGroup[]
  missing?: Gap[]
  /** Leads to where a gap is filled that no field here fills. */
  onMissing?: (key: string) => void
}

export function Facts({ groups, missing = [], onMissing }: FactsProps) {
  const [editing, setEditing] = useState<string>()
  const editable = new Set(groups.flatMap((group) => group.facts.filter((fact) => fact.edit).map((fact) => fact.key)))
  const fill = ({ key, label }: Gap) => {
    const go = editable.has(key) ? () => setEditing(key) : onMissing && (() => onMissing(key))
    return go ? (
      <button key={key} type="button" className="link" onClick={go}>
        {label}
      </button>
    ) : (
      <span key={key}>{label}</span>
    )
  }
  return (
    <div className="facts">
      {missing.length > 0 && (
        <p className="facts-missing row wrap">
          {t('facts.missing', { n: missing.length })} {missing.map(fill)}
        </p>
      )}
      {groups
        .filter((group) => group.facts.length > 0)
        .map((group) => (
          <section key={group.title}>
            {group.title && <h2 className="small">{group.title}</h2>}
            <dl>
              {group.facts.map((fact) => (
                <Line
                  key={fact.key}
                  fact={fact}
                  editing={editing === fact.key}
                  onEdit={(on) => setEditing(on ? fact.key : undefined)}
                />
              ))}
            </dl>
          </section>
        ))}
    </div>
  )
}

function Line({ fact, editing, onEdit }: { fact: Fact; editing: boolean; onEdit: (on: boolean) => void }) {
  const known = fact.value !== null && fact.value !== undefined && fact.value !== ''
  return (
    <div className="fact">
      <dt>
        {fact.label}
        {fact.mark && <Tag tone="key">{t('facts.key')}</Tag>}
      </dt>
      <dd>
        {editing && fact.edit ? (
          <Editor fact={fact} edit={fact.edit} onDone={() => onEdit(false)} />
        ) : (
          <>
            <span className={known ? undefined : 'dim'}>{known ? fact.value : t('not_set')}</span>
            <span className="fact-acts no-print">
              {known && fact.copy && <CopyButton text={fact.copy} what={fact.label} />}
              {fact.onMark && (
                <IconButton
                  label={`${fact.mark ? t('facts.unmark') : t('facts.mark')}: ${fact.label}`}
                  icon="star"
                  pressed={fact.mark}
                  onClick={fact.onMark}
                />
              )}
              {fact.edit && (
                <IconButton label={t('facts.edit', { what: fact.label })} icon="edit" onClick={() => onEdit(true)} />
              )}
            </span>
          </>
        )}
      </dd>
    </div>
  )
}

function Editor({ fact, edit, onDone }: { fact: Fact; edit: InPlace<unknown>; onDone: () => void }) {
  const [value, setValue] = useState(edit.value)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      await edit.save(value)
      toast(t('saved'))
      onDone()
    } catch (problem) {
      setError(messageOf(problem))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="fact-editor"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onDone()
      }}
    >
      {edit.field({ 'aria-label': fact.label, value, onChange: setValue, error, autoFocus: true })}
      <div className="row">
        <Button size="xs" kind="primary" type="submit" busy={busy}>
          {t('save')}
        </Button>
        <Button size="xs" kind="quiet" onClick={onDone}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}
