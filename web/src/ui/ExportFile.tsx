/** What came of an export: the file at once, or what it is for, which somebody else is to agree to first. */
import { useEffect, useRef, useState } from 'react'
import { type ExportResult, takeOut } from '@/api/client'
import { messageOf } from '@/api/problem'
import { count, t } from '@/i18n'
import { Button } from './Button'
import { PurposeForm } from './PurposeForm'
import { Notice } from './small'

export function ExportFile({ result }: { result: ExportResult | null | undefined }) {
  const [error, setError] = useState<string>()
  const [explained, setExplained] = useState(false)
  const taken = useRef(false)
  const file = result?.file
  const waits = result?.waits === true
  const take = async () => {
    setError(undefined)
    await takeOut(file).catch((problem: unknown) => setError(messageOf(problem)))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the file is there
  useEffect(() => {
    if (!file || waits || taken.current) return
    taken.current = true
    void take()
  }, [file, waits])
  if (waits) {
    const rows = count(Number(result?.rows ?? 0))
    const alone = result?.deciders === 0
    const said = alone ? 'export_file.nobody' : explained ? 'export_file.waits' : 'export_file.held'
    return (
      <>
        <Notice tone={alone ? 'bad' : 'warn'}>{t(said, { rows })}</Notice>
        {!alone && !explained && <PurposeForm file={file} onDone={() => setExplained(true)} />}
      </>
    )
  }
  return (
    <>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button icon="download" onClick={() => void take()}>
        {t('export_file.download')}
      </Button>
    </>
  )
}
