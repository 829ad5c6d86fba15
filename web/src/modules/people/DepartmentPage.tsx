/** The organisation as a tree: walked and rearranged by keyboard or by dragging. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import { Button, Dialog, Failed, Skeleton, toast, undoable } from '@/ui'
import { DepartmentDetail, NewDepartment } from './DepartmentDetail'
import { DepartmentTree } from './DepartmentTree'
import { m } from './messages'
import { applyMoves, departmentsQuery, useRefresh } from './queries'
import type { Department, Move } from './tree'
import { t } from './words'
import './people.css'

export default function DepartmentPage() {
  const departments = useQuery(departmentsQuery)
  const can = useCan()
  const refresh = useRefresh()
  const [chosen, setChosen] = useState<string>()
  const [adding, setAdding] = useState(false)
  const all: Department[] = departments.data ?? []
  const current = all.find((one) => one.id === chosen) ?? all.find((one) => !one.parent_id)
  const rearrange = async (moves: Move[]) => {
    if (moves.length === 0) return
    try {
      await applyMoves(moves)
      tell(all, moves, (back) => void rearrangeBack(back))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh(departmentsQuery.queryKey)
  }
  const rearrangeBack = async (parent: { id: string; parent_id: string }) => {
    const fresh = (await departments.refetch()).data?.find((one) => one.id === parent.id)
    if (fresh) await rearrange([{ id: fresh.id, version: fresh.version, change: { parent_id: parent.parent_id } }])
  }
  const add = can('department', 'create') && current && (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('department.new')}
    </Button>
  )
  return (
    <SettingsFrame title={m('people.departments')} actions={add}>
      {departments.isPending && <Skeleton lines={8} />}
      {departments.isError && (
        <Failed
          title={words('list.failed')}
          why={messageOf(departments.error)}
          onRetry={() => void departments.refetch()}
        />
      )}
      {current && (
        <div className="organisation">
          <div>
            <DepartmentTree
              all={all}
              chosen={current.id}
              onChoose={setChosen}
              onMove={can('department', 'update') ? (moves) => void rearrange(moves) : undefined}
            />
            {can('department', 'update') && <p className="dim tree-keys">{t('department.keys')}</p>}
          </div>
          <DepartmentDetail
            key={`${current.id}/${current.version}`}
            department={current}
            all={all}
            onMove={(moves) => void rearrange(moves)}
            onGone={() => setChosen(current.parent_id ?? undefined)}
          />
        </div>
      )}
      <Dialog title={t('department.new')} open={adding} onClose={() => setAdding(false)} size={420}>
        {current && (
          <NewDepartment
            parent={current}
            onDone={(made) => {
              setAdding(false)
              if (made) setChosen(made)
            }}
          />
        )}
      </Dialog>
    </SettingsFrame>
  )
}

/** A move to another parent can be taken back; an order is simply changed again. */
function tell(all: Department[], moves: Move[], back: (to: { id: string; parent_id: string }) => void): void {
  const moved = moves.find((move) => move.change.parent_id)
  const before = all.find((one) => one.id === moved?.id)
  const parent = all.find((one) => one.id === moved?.change.parent_id)
  const from = before?.parent_id
  if (!before || !parent || !from) return
  undoable(t('department.moved', { name: before.name, parent: parent.name }), () =>
    back({ id: before.id, parent_id: from }),
  )
}
