import './import/import.css'
import { useId } from 'react'
import { Text } from '@/ui'
import type { Ground as Given } from './queries'
import { t } from './words'

const bases = ['contract', 'consent', 'published', 'legal_duty', 'other_law'] as const

/** What holds where nothing else is said; the server takes it so too. */
export const usual: Given = { basis: 'contract' }

/** What is still wrong with it. */
export const groundFault = (value: Given | undefined) =>
  !value ? t('basis.need') : value.basis === 'consent' && !value.proof?.trim() ? t('basis.need_proof') : undefined

type Props = { value: Given | undefined; hint?: string; onChange: (ground: Given | undefined) => void }

/** On what basis people are entered (PIPL 13): said once for a whole sheet, or for one person. */
export function Ground({ value, hint, onChange }: Props) {
  const id = useId()
  return (
    <div className="two">
      <div className="stack ground">
        <label htmlFor={id}>
          {t('basis')} <span aria-hidden="true">*</span>
        </label>
        {hint && <span className="dim">{hint}</span>}
        <select
          id={id}
          className="native"
          required
          value={value?.basis ?? ''}
          onChange={({ currentTarget: { value: basis } }) => onChange(basis ? { ...value, basis } : undefined)}
        >
          <option value="">{t('basis.choose')}</option>
          {bases.map((basis) => (
            <option key={basis} value={basis}>
              {t(`basis.${basis}`)}
            </option>
          ))}
        </select>
      </div>
      {value && (
        <Text
          label={t('basis.proof')}
          hint={t('basis.proof_hint')}
          required={value.basis === 'consent'}
          maxLength={1000}
          value={value.proof ?? ''}
          onChange={(proof) => onChange({ ...value, proof: proof || null })}
        />
      )}
    </div>
  )
}
