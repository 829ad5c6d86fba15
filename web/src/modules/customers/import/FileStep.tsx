import { useState } from 'react'
import { messageOf } from '@/api'
import { FileField, Notice, Skeleton } from '@/ui'
import { type ImportView, uploadImport } from '../queries'
import { t } from '../words'

export function FileStep({ onUploaded }: { onUploaded: (view: ImportView) => void }) {
  const [reading, setReading] = useState<string>()
  const [error, setError] = useState<string>()
  const upload = async (file: File | undefined) => {
    if (!file) return
    setReading(file.name)
    setError(undefined)
    try {
      onUploaded(await uploadImport(file))
    } catch (problem) {
      setError(messageOf(problem))
      setReading(undefined)
    }
  }
  return (
    <div className="stack">
      {error && (
        <Notice tone="bad">
          <b>{t('import.bad_file')}</b> {error}
        </Notice>
      )}
      <FileField
        label={t('import.drop')}
        hint={t('import.drop_hint')}
        accept=".xlsx,.csv,.txt,.tsv"
        disabled={reading !== undefined}
        onPick={(files) => void upload(files[0])}
      />
      {reading && (
        <div aria-live="polite">
          <p className="dim">{t('import.reading', { file: reading })}</p>
          <Skeleton lines={3} />
        </div>
      )}
    </div>
  )
}
