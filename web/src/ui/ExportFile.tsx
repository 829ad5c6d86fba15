/** What came of an export: the file at once, or what it is for, which somebody else is to agree to first. */
import { useEffect, useRef, useState } from 'react'
import { type ExportResult, takeOut } from '@/api/client'
import { messageOf } from '@/api/problem'
import { count, list, t } from '@/i18n'
import { Button } from './Button'
import { Link } from './nav'
import { PurposeForm } from './PurposeForm'
import { Notice } from './small'

type Props = {
  result: ExportResult | null | undefined
  /** It was said beforehand what it is for. */
  explained?: boolean
  /** Where it stands in a panel of its own. */
  onClose?: () => void
}

export function ExportFile({ result, explained: said = false, onClose }: Props) {
  const [error, setError] = useState<string>()
  const [explained, setExplained] = useState(said)
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
  const close = onClose && (
    <div className="form-foot">
      <Button onClick={onClose}>{t('close')}</Button>
    </div>
  )
  if (waits) {
    const rows = count(Number(result?.rows ?? 0))
    if (result?.deciders === 0) return <Notice tone="bad">{t('export_file.nobody', { rows })}</Notice>
    const who = deciders(result)
    if (!explained) {
      return (
        <>
          <Notice tone="warn">{t('export_file.held', { rows, who })}</Notice>
          <PurposeForm file={file} onDone={() => setExplained(true)} />
        </>
      )
    }
    return (
      <>
        <Notice tone="warn">
          {t('export_file.waits', { rows, who })} <Link to="/settings/exports">{t('export_file.register')}</Link>
        </Notice>
        {close}
      </>
    )
  }
  return (
    <>
      {error && <Notice tone="bad">{error}</Notice>}
      <Button icon="download" onClick={() => void take()}>
        {t('export_file.download')}
      </Button>
      {close}
    </>
  )
}

/** 王强、周敏等 5 人. */
function deciders(result: ExportResult | null | undefined): string {
  const n = Number(result?.deciders ?? 0)
  const names = Array.isArray(result?.asked) ? result.asked.map(String) : []
  if (names.length === 0) return t('export_file.somebody')
  return n > names.length ? t('export_file.among', { names: list(names), n: count(n) }) : list(names)
}
