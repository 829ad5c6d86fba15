import { useEffect, useState } from 'react'
import { messageOf, Problem, problemOf } from '@/api'
import { IconButton, toast } from '@/ui'
import type { Attachment } from '../queries'
import { t } from '../words'

/** Sound is heard where it hangs: fetched as a whole, like every opening of a file, when somebody wants to hear it. */
export function Listen({ file, href }: { file: Attachment; href: string }) {
  const [source, setSource] = useState<string>()
  const [busy, setBusy] = useState(false)
  useEffect(() => () => void (source && URL.revokeObjectURL(source)), [source])
  const fetchIt = async () => {
    setBusy(true)
    try {
      const answer = await fetch(href)
      if (!answer.ok) throw await problemOf(answer)
      setSource(URL.createObjectURL(await answer.blob()))
    } catch (error) {
      toast(error instanceof Problem ? messageOf(error) : t('attachment.unheard'))
    }
    setBusy(false)
  }
  if (!source) {
    return (
      <IconButton
        icon="play"
        label={t('attachment.listen', { name: file.name })}
        disabled={busy}
        onClick={() => void fetchIt()}
      />
    )
  }
  // biome-ignore lint/a11y/useMediaCaption: what somebody has just said has no captions
  return <audio className="attachment-sound" controls autoPlay src={source} aria-label={file.name} />
}
