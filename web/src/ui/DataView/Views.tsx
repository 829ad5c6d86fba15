import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api/problem'
import { createView, deleteView, type SavedView, type SavedViewInput, updateView, viewsQuery } from '@/api/views'
import { t } from '@/i18n'
import { Form, required, useForm } from '../Form'
import { Switch, Text } from '../fields'
import { Menu, type MenuItem } from '../Menu'
import { Dialog } from '../Popup'
import { useCurrentSeen } from '../Subnav'
import { toast, undoable } from '../Undo'
import type { Preset, ViewState } from './types'

export type Tab = Preset & { saved?: SavedView }

/** The room's own views, then the saved ones of this person and of everybody. */
export function useTabs(list: string, presets: Preset[]): Tab[] {
  const { data = [] } = useQuery(viewsQuery(list))
  return [
    ...presets,
    ...data.map((saved) => ({ id: saved.id, label: saved.name, state: (saved.state ?? {}) as ViewState, saved })),
  ]
}

type Props = {
  list: string
  tabs: Tab[]
  active: Tab
  changed: boolean
  state: ViewState
  onPick: (id: string) => void
}

export function Views({ list, tabs, active, changed, state, onPick }: Props) {
  const [naming, setNaming] = useState(false)
  const client = useQueryClient()
  const row = useCurrentSeen(active.id)
  const refresh = () => client.invalidateQueries({ queryKey: ['views', list] })
  const update = useMutation({
    mutationFn: (view: SavedView) => updateView(view.id, { list, name: view.name, shared: view.shared, state }),
    onSuccess: async (view) => {
      await refresh()
      onPick(view.id)
      toast(t('saved'))
    },
    onError: (error) => toast(messageOf(error)),
  })
  const remove = async (view: SavedView) => {
    const again: SavedViewInput = { list, name: view.name, shared: view.shared, state: view.state }
    try {
      await deleteView(view.id)
    } catch (error) {
      return toast(messageOf(error))
    }
    onPick(tabs[0]?.id ?? '')
    await refresh()
    undoable(t('view.deleted', { name: view.name }), () => void createView(again).then(refresh))
  }
  const { saved } = active
  const items: MenuItem[] = [{ label: t('view.save'), onClick: () => setNaming(true) }]
  if (saved && changed) items.unshift({ label: t('view.update'), onClick: () => update.mutate(saved) })
  if (saved) items.push('line', { label: t('view.delete'), danger: true, onClick: () => void remove(saved) })
  return (
    <div className="views">
      <nav ref={row} aria-label={t('view.tabs')}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            aria-current={tab.id === active.id || undefined}
            onClick={() => onPick(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </nav>
      <Menu items={items}>
        <button type="button" className="view-menu">
          {changed ? t('view.changed') : t('view.tabs')} ▾
        </button>
      </Menu>
      <Dialog title={t('view.save')} open={naming} onClose={() => setNaming(false)} size={420}>
        <SaveView
          list={list}
          state={state}
          onDone={async (view) => {
            setNaming(false)
            await refresh()
            onPick(view.id)
          }}
        />
      </Dialog>
    </div>
  )
}

function SaveView({ list, state, onDone }: { list: string; state: ViewState; onDone: (view: SavedView) => void }) {
  const form = useForm({
    initial: { name: '', shared: false },
    check: required<{ name: string; shared: boolean }>({ name: t('view.name') }),
    submit: async (values) => onDone(await createView({ list, state, ...values })),
  })
  return (
    <Form form={form} guard={false}>
      <Text label={t('view.name')} required autoFocus maxLength={40} {...form.bind('name')} />
      <Switch label={t('view.shared')} {...form.bind('shared')} />
    </Form>
  )
}
