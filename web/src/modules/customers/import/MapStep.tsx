import { useState } from 'react'
import { messageOf, useCustomFields, useMe } from '@/api'
import { count, locale, lookup } from '@/i18n'
import { Button, ChoiceField, Notice, Person, Segmented, useGo } from '@/ui'
import { Ground, usual } from '../Ground'
import { useMaySetGrade } from '../grades/maySet'
import { gradeOptions, sourceOptions } from '../options'
import { chooseSheet, type Ground as Given, type ImportView, mapImport } from '../queries'
import { t } from '../words'
import type { Checked, SheetProps } from './ImportPage'
import {
  assign,
  bodyOf,
  bringsPeople,
  contactTargets,
  cooperationFields,
  customerFields,
  type Defaults,
  type Duplicates,
  type Fault,
  faultsOf,
  mappingOf,
  replacementsOf,
  slotOf,
} from './state'
import { pathsOf } from './subject'

type Props = SheetProps & {
  known: Checked | undefined
  onChecked: (checked: Checked) => void
  onView: (view: ImportView) => void
}

export function MapStep({ view, known, onChecked, onView }: Props) {
  const go = useGo()
  const maySetGrade = useMaySetGrade()
  const me = useMe()
  const [mapping, setMapping] = useState(known?.mapping ?? mappingOf(view.columns))
  const [duplicates, setDuplicates] = useState<Duplicates>(view.duplicates)
  const [defaults, setDefaults] = useState<Defaults>({ owner_id: me?.id ?? null, source: null, grade: null })
  const [ground, setGround] = useState<Given | undefined>(known?.body.basis ?? view.basis ?? usual)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const { subject } = view
  const people = subject === 'customer' && bringsPeople(mapping)
  const faults = faultsOf(mapping, subject, people ? ground : null)
  const added = useCustomFields('customer').map((field) => field.key)
  const addedToContacts = useCustomFields('contact').map((field) => field.key)
  const contacts = contactTargets(view.columns, mapping, addedToContacts)
  const check = async () => {
    setBusy(true)
    setError(undefined)
    try {
      // A column that goes elsewhere now has other values.
      const kept = (known?.body.replacements ?? replacementsOf(view.columns, mapping)).filter(
        ({ index }) => !known || known.mapping[index] === mapping[index],
      )
      const replacements = kept.map(({ index, from, to }) => ({ index, from, to: to ?? null }))
      const body = {
        ...bodyOf(view.columns, mapping, duplicates, defaults, replacements),
        basis: people ? ground : null,
      }
      onChecked({ mapping, body, preview: await mapImport(view.id, body) })
    } catch (problem) {
      setError(messageOf(problem))
      setBusy(false)
    }
  }
  return (
    <div className="stack wide">
      <div className="row between wrap">
        <p>
          {t('import.file_info', { file: view.file, rows: count(view.rows), columns: view.columns.length })}{' '}
          <span className="dim">
            {[view.encoding && t('import.encoding', { name: view.encoding }), delimiterName(view.delimiter)]
              .filter(Boolean)
              .join(locale() === 'zh' ? '，' : ', ')}
          </span>
        </p>
        <span className="dim">
          {t('import.recognised', { n: Object.keys(mapping).length, total: view.columns.length })}
        </span>
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      {view.sheets.length > 1 && <SheetChoice view={view} onView={onView} />}
      <div className="import-scroll">
        <table className="plain mapping">
          <thead>
            <tr>
              <th scope="col">{t('import.heading')}</th>
              <th scope="col">{t('import.field')}</th>
              <th scope="col">{t('import.samples')}</th>
            </tr>
          </thead>
          <tbody>
            {view.columns.map((column) => {
              const heading = column.heading || t('import.unknown_column', { n: column.index + 1 })
              return (
                <tr key={column.index} data-out={mapping[column.index] === undefined || undefined}>
                  <th scope="row">{heading}</th>
                  <td>
                    <FieldSelect
                      label={`${heading}: ${t('import.field')}`}
                      fields={subject === 'customer' ? [...customerFields, ...added] : cooperationFields}
                      contacts={subject === 'customer' ? contacts : []}
                      value={mapping[column.index]}
                      wrong={faults.some((fault) => fault.kind === 'twice' && fault.field === mapping[column.index])}
                      onChange={(field) => setMapping(assign(mapping, column.index, field))}
                    />
                  </td>
                  <td className="dim clip">{column.samples.slice(0, 3).join(' · ')}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {subject === 'customer' && (
        <div className="two">
          <Segmented<Duplicates>
            label={t('import.duplicates')}
            options={(['skip', 'update', 'create'] as const).map((value) => ({ value, label: t(`import.${value}`) }))}
            value={duplicates}
            onChange={setDuplicates}
          />
          <Person
            label={t('import.owner')}
            hint={t('import.owner_hint')}
            current={me && { id: me.id, name: me.name }}
            required
            value={defaults.owner_id}
            onChange={(owner_id) => setDefaults({ ...defaults, owner_id })}
          />
          {maySetGrade && (
            <ChoiceField
              label={t('import.grade')}
              options={gradeOptions()}
              value={defaults.grade}
              onChange={(grade) => setDefaults({ ...defaults, grade })}
            />
          )}
          <ChoiceField
            label={t('import.source')}
            options={sourceOptions()}
            value={defaults.source as ReturnType<typeof sourceOptions>[number]['value'] | null}
            onChange={(source) => setDefaults({ ...defaults, source })}
          />
        </div>
      )}
      {people && <Ground value={ground} hint={t('import.basis_hint')} onChange={setGround} />}
      {faults.length > 0 && (
        <Notice>
          <ul>
            {faults.map((fault) => (
              <li key={fault.kind + ('field' in fault ? fault.field : '')}>{faultText(fault)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="form-foot">
        <Button kind="quiet" onClick={() => go(pathsOf[subject].page)}>
          {t('import.other_file')}
        </Button>
        <Button kind="primary" busy={busy} disabled={faults.length > 0} onClick={() => void check()}>
          {t('import.preview')}
        </Button>
      </div>
    </div>
  )
}

export function targetName(field: string): string {
  if (field.startsWith('cooperation.')) return lookup(field) ?? field
  const slot = slotOf(field)
  if (slot === 0) return lookup(`field.${field}`) ?? field
  const own = field.slice(field.indexOf('.') + 1)
  const name = lookup(field.replace(/^contact\d*/, 'contact')) ?? lookup(`field.${own}`) ?? field
  return slot === 1 ? name : `${name} ${slot}`
}

/** Another sheet of the workbook has other columns: one begins anew. */
function SheetChoice({ view, onView }: Pick<Props, 'view' | 'onView'>) {
  const [error, setError] = useState<string>()
  const choose = async (name: string | null) => {
    try {
      onView(await chooseSheet(view.id, view.sheets.indexOf(name ?? '')))
    } catch (problem) {
      setError(messageOf(problem))
    }
  }
  return (
    <ChoiceField
      label={t('import.sheet')}
      options={view.sheets.map((sheet) => ({ value: sheet, label: sheet }))}
      value={view.sheets[view.sheet] ?? null}
      error={error}
      required
      onChange={(name) => void choose(name)}
    />
  )
}

function faultText(fault: Fault): string {
  return fault.kind === 'twice' ? t('import.twice', { field: targetName(fault.field) }) : t(`import.${fault.kind}`)
}

function delimiterName(delimiter: string | null | undefined): string {
  return delimiter ? (lookup(`import.delimiter.${delimiter}`) ?? delimiter) : ''
}

type SelectProps = {
  label: string
  /** Where it can go: what customers have, or what orders and contracts have. */
  fields: readonly string[]
  contacts: string[][]
  value: string | undefined
  wrong: boolean
  onChange: (field: string | null) => void
}

/** Native: thirty of them on a page cost nothing, and a phone shows its own list. */
function FieldSelect({ label, fields, contacts, value, wrong, onChange }: SelectProps) {
  return (
    <select
      className="native"
      aria-label={label}
      aria-invalid={wrong || undefined}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    >
      <option value="">{t('import.ignore')}</option>
      {fields.map((field) => (
        <option key={field} value={field}>
          {targetName(field)}
        </option>
      ))}
      {contacts.map((own, slot) => (
        <optgroup key={slot} label={t('import.contact_n', { n: slot + 1 })}>
          {own.map((field) => (
            <option key={field} value={field}>
              {targetName(field)}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}
