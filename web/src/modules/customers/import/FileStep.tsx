import './problems'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api'
import { count } from '@/i18n'
import { Ago, FileField, Link, Notice, Skeleton } from '@/ui'
import { type ImportView, importsQuery, uploadImport } from '../queries'
import { t } from '../words'
import { pathsOf, useSubject } from './subject'

export function FileStep({ onUploaded }: { onUploaded: (view: ImportView) => void }) {
  const subject = useSubject()
  const [reading, setReading] = useState<string>()
  const [error, setError] = useState<string>()
  const upload = async (file: File | undefined) => {
    if (!file) return
    setReading(file.name)
    setError(undefined)
    try {
      onUploaded(await uploadImport(file, subject))
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
        label={subject === 'customer' ? t('import.drop') : t('import.drop_cooperation')}
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
      {!reading && <Earlier />}
    </div>
  )
}

/** Imports that were left or are done: each opens where it was. */
function Earlier() {
  const subject = useSubject()
  const { data: all = [] } = useQuery(importsQuery)
  const data = all.filter((one) => one.subject === subject)
  if (data.length === 0) return null
  return (
    <section className="section">
      <h2>{t('import.earlier')}</h2>
      <table className="plain">
        <tbody>
          {data.slice(0, 10).map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link to={pathOf(one)}>{one.file}</Link>
              </th>
              <td>{t(`import.state_${one.state}`)}</td>
              <td className="num">{t('import.rows_n', { n: count(one.rows) })}</td>
              <td className="num dim">
                <Ago at={one.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function pathOf({ id, state, job_id, subject }: ImportView): string {
  const running = job_id && (state === 'importing' || state === 'done')
  return `${pathsOf[subject].page}?id=${id}${running ? `&job=${job_id}` : ''}`
}
