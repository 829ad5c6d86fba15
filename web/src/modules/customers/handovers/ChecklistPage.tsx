/** The checklist of new hand-overs, as the company wants it. */
import './handovers.css'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import { Button, Failed, IconButton, move, Notice, Skeleton, Switch, Text, toast } from '@/ui'
import { t } from '../words'
import { type Checklist, type ChecklistItem, checklistQuery, saveChecklist } from './queries'

export default function ChecklistPage() {
  const checklist = useQuery(checklistQuery)
  return (
    <SettingsFrame title={t('handover.checklist_title')}>
      {checklist.isPending && <Skeleton lines={8} />}
      {checklist.isError && (
        <Failed
          title={t('handover.checklist_failed')}
          why={messageOf(checklist.error)}
          onRetry={() => void checklist.refetch()}
        />
      )}
      {checklist.data && <Editor key={checklist.data.version} checklist={checklist.data} />}
    </SettingsFrame>
  )
}

function Editor({ checklist }: { checklist: Checklist }) {
  const client = useQueryClient()
  const can = useCan()
  const [items, setItems] = useState(checklist.items)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const set = (at: number, change: Partial<ChecklistItem>) =>
    setItems(items.map((item, i) => (i === at ? { ...item, ...change } : item)))
  const save = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const saved = await saveChecklist(items, checklist.version ?? 0)
      client.setQueryData(checklistQuery.queryKey, saved)
      toast(words('saved'))
    } catch (problem) {
      setError(messageOf(problem))
    }
    setBusy(false)
  }
  return (
    <fieldset className="bare stack" disabled={!can('setting', 'update')}>
      <p className="dim">{t('handover.checklist_why')}</p>
      {error && <Notice tone="bad">{error}</Notice>}
      {items.map((item, at) => (
        <div key={item.key} className="handover-item">
          <Text
            label={t('handover.item_zh')}
            required
            maxLength={100}
            value={item.zh}
            onChange={(zh) => set(at, { zh })}
          />
          <Text
            label={t('handover.item_en')}
            maxLength={100}
            value={item.en ?? ''}
            onChange={(en) => set(at, { en })}
          />
          <Switch label={t('handover.item_each')} value={item.each ?? false} onChange={(each) => set(at, { each })} />
          <div className="row">
            <IconButton
              icon="up"
              label={t('handover.item_up', { what: item.zh })}
              disabled={at === 0}
              onClick={() => setItems(move(items, at, at - 1))}
            />
            <IconButton
              icon="down"
              label={t('handover.item_down', { what: item.zh })}
              disabled={at === items.length - 1}
              onClick={() => setItems(move(items, at, at + 1))}
            />
            <IconButton
              icon="trash"
              label={t('handover.item_remove', { what: item.zh })}
              onClick={() => setItems(items.filter((_, i) => i !== at))}
            />
          </div>
        </div>
      ))}
      <div className="form-foot">
        <Button
          icon="plus"
          onClick={() => setItems([...items, { key: `i${Date.now().toString(36)}`, zh: '', en: '', each: false }])}
        >
          {t('handover.item_add')}
        </Button>
        <Button kind="primary" busy={busy} onClick={() => void save()}>
          {words('save')}
        </Button>
      </div>
    </fieldset>
  )
}
