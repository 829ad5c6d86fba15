/** The table of the present view as a workbook, through the same door as every export. */
import { useState } from 'react'
import { messageOf } from '@/api'
import { Button, Dialog, ExportFile, Notice, Progress } from '@/ui'
import { type ComplianceQuestion, startComplianceExport } from './queries'
import { t } from './words'

type Props = { question: ComplianceQuestion; onClose: () => void }

export function ComplianceExport({ question, onClose }: Props) {
  const [job, setJob] = useState<string>()
  const [error, setError] = useState<string>()
  const start = () => startComplianceExport(question).then(setJob, (problem: unknown) => setError(messageOf(problem)))
  return (
    <Dialog title={t('compliance.export')} open onClose={onClose} size={480}>
      {job ? (
        <Progress
          jobId={job}
          title={t('compliance.export')}
          doing={() => t('compliance.exporting')}
          result={({ result }) => <ExportFile result={result} />}
        />
      ) : (
        <div className="stack">
          <p className="dim">{t('compliance.export_why')}</p>
          {error && <Notice tone="bad">{error}</Notice>}
          <div className="form-foot">
            <Button kind="primary" icon="download" onClick={() => void start()}>
              {t('compliance.export_start')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
