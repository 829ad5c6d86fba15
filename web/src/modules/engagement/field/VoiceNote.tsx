/** A note that is spoken: pressed to begin, pressed to end, kept as a file. */
import { useEffect, useRef, useState } from 'react'
import { Icon, toast, toZoned } from '@/ui'
import { w } from '../words'

/** What browsers record, in the order in which it is asked for, with the name of such a file. */
const KINDS = [
  ['audio/webm;codecs=opus', 'webm'],
  ['audio/mp4', 'm4a'],
  ['audio/ogg;codecs=opus', 'ogg'],
] as const
const SECONDS_MOST = 300

type Recording = { recorder: MediaRecorder; stream: MediaStream }

/** What was said so far is kept. */
function end(recording: Recording | undefined) {
  if (recording?.recorder.state === 'recording') recording.recorder.stop()
}

const known = () => KINDS.find(([type]) => globalThis.MediaRecorder?.isTypeSupported?.(type))

export function VoiceNote({ onDone }: { onDone: (file: File) => void }) {
  const [since, setSince] = useState<number>()
  const [seconds, setSeconds] = useState(0)
  const running = useRef<Recording>(undefined)

  useEffect(() => {
    if (since === undefined) return
    const timer = setInterval(() => {
      const past = Math.floor((performance.now() - since) / 1000)
      setSeconds(past)
      if (past >= SECONDS_MOST) end(running.current)
    }, 500)
    return () => clearInterval(timer)
  }, [since])
  // Whoever leaves the form leaves no microphone open.
  useEffect(
    () => () => {
      for (const track of running.current?.stream.getTracks() ?? []) track.stop()
    },
    [],
  )

  const kind = known()
  if (!kind || !navigator.mediaDevices) return null
  const begin = async () => {
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    } catch {
      return toast(w('voice.refused'))
    }
    const [type, extension] = kind
    const recorder = new MediaRecorder(stream, { mimeType: type })
    const parts: Blob[] = []
    recorder.ondataavailable = ({ data }) => parts.push(data)
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop()
      setSince(undefined)
      const at = toZoned(new Date().toISOString()).replace(/[-: ]/g, '').slice(0, 14)
      if (parts.some((part) => part.size > 0))
        onDone(new File(parts, `${w('voice.name')}-${at}.${extension}`, { type }))
    }
    running.current = { recorder, stream }
    recorder.start()
    setSeconds(0)
    setSince(performance.now())
  }
  const recording = since !== undefined
  return (
    <button
      type="button"
      className="evidence-act"
      data-recording={recording || undefined}
      aria-pressed={recording}
      onClick={() => (recording ? end(running.current) : void begin())}
    >
      <Icon name={recording ? 'check' : 'mic'} /> {recording ? w('voice.stop', { n: seconds }) : w('voice.start')}
    </button>
  )
}
