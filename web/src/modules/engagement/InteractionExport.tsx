/** The records of the present view as a file. */
import { useState } from 'react'
import { type ListQuery, messageOf } from '@/api'
import { count } from '@/i18n'
import { Button, Dialog, ExportFile, ExportLimit, Notice, Progress, Segmented } from '@/ui'
import { startExport } from './queries'
import { w } from './words'

type Props = { query: Omit<ListQuery, 'cursor' | 'limit'>; onClose: () => void }
type Format = 'xlsx' | 'csv'

export function InteractionExport({ query, onClose }: Props) {
  const [format, setFormat] = useState<Format>('xlsx')
  const [job, setJob] = useState<string>()
  const [error, setError] = useState<string>()
  const start = async () => {
    try {
      setJob(await startExport(query, format))
    } catch (problem) {
      setError(messageOf(problem))
    }
  }
  return (
    <Dialog title={w('interactions.export')} open onClose={onClose} size={480}>
      {job ? (
        <Progress
          jobId={job}
          title={w('interactions.export')}
          doing={({ done }) => w('interactions.export_rows', { n: count(done) })}
          result={({ result }) => <ExportFile result={result} onClose={onClose} />}
        />
      ) : (
        <div className="stack">
          <p className="dim">{w('interactions.export_why')}</p>
          <ExportLimit />
          {error && <Notice tone="bad">{error}</Notice>}
          <Segmented<Format>
            label={w('interactions.export_format')}
            options={[
              { value: 'xlsx', label: 'Excel (xlsx)' },
              { value: 'csv', label: 'CSV' },
            ]}
            value={format}
            onChange={setFormat}
          />
          <div className="form-foot">
            <Button kind="primary" icon="download" onClick={() => void start()}>
              {w('interactions.export_start')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
