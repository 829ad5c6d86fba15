/** What a visit leaves behind: where one stood, what one saw, what one said. Kept with the record until it is sent. */
import { useState } from 'react'
import { type KeptFile, newKey } from '@/api'
import { Icon, IconButton, Switch } from '@/ui'
import { beginContact, type Kind } from '../queries'
import { type CheckIn, visits } from '../record'
import { w } from '../words'
import './field.css'
import { locate, metres } from './position'
import { VoiceNote } from './VoiceNote'

type Props = {
  kind: Kind
  customer: string | null
  checkIn: CheckIn | null
  files: KeptFile[]
  onCheckIn: (checkIn: CheckIn | null) => void
  onFiles: (files: KeptFile[]) => void
}

export function Evidence({ kind, customer, checkIn, files, onCheckIn, onFiles }: Props) {
  const [asking, setAsking] = useState(false)
  const check = async () => {
    setAsking(true)
    // Whoever has arrived owes the record from now on; without a network, from when it arrives.
    if (customer && visits(kind)) beginContact(customer, kind).catch(() => undefined)
    onCheckIn(await locate())
    setAsking(false)
  }
  const add = async (chosen: File[]) => {
    const read = async (file: File): Promise<KeptFile> => ({
      key: newKey(),
      name: file.name,
      type: file.type,
      data: await file.arrayBuffer(),
    })
    onFiles([...files, ...(await Promise.all(chosen.map(read)))])
  }
  return (
    <div className="evidence">
      <div className="row wrap">
        {visits(kind) && (
          <button
            type="button"
            className="evidence-act"
            aria-busy={asking}
            disabled={asking}
            onClick={() => void check()}
          >
            <Icon name="visit" /> {w(asking ? 'check_in.asking' : checkIn ? 'check_in.again' : 'check_in.do')}
          </button>
        )}
        <label className="evidence-act">
          <Icon name="camera" /> {w('evidence.photo')}
          <input
            type="file"
            className="vh"
            accept="image/jpeg,image/png"
            capture="environment"
            multiple
            onChange={(event) => {
              void add([...(event.currentTarget.files ?? [])])
              event.currentTarget.value = ''
            }}
          />
        </label>
        <VoiceNote onDone={(file) => void add([file])} />
      </div>
      <div aria-live="polite">
        {visits(kind) && checkIn && <Stood checkIn={checkIn} onChange={onCheckIn} />}
        <ul className="evidence-files">
          {files.map((file) => (
            <li key={file.key} className="row">
              <span className="grow">{file.name}</span>
              <IconButton
                icon="close"
                label={w('evidence.remove', { name: file.name })}
                onClick={() => onFiles(files.filter((other) => other.key !== file.key))}
              />
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

/** What the device said, in words that hide nothing. */
function Stood({ checkIn, onChange }: { checkIn: CheckIn; onChange: (checkIn: CheckIn | null) => void }) {
  if (checkIn.failed) return <p className="soon">{w(`check_in.why_${checkIn.failed as 'refused'}`)}</p>
  const accuracy = Math.ceil(checkIn.accuracy ?? 0)
  return (
    <>
      <p className={accuracy > 500 ? 'soon' : 'good'}>
        {w(accuracy > 500 ? 'check_in.got_rough' : 'check_in.got', { exact: metres(accuracy) })}
      </p>
      {accuracy <= 100 && (
        <Switch
          label={w('check_in.learn')}
          value={checkIn.learn ?? false}
          onChange={(learn) => onChange({ ...checkIn, learn })}
        />
      )}
    </>
  )
}
