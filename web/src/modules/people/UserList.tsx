import { useMemo, useState } from 'react'
import { useCan } from '@/api'
import { SettingsFrame } from '@/modules/platform'
import { Button, DataView, Dialog, type Preset, toast, useGo } from '@/ui'
import { userColumns } from './columns'
import { LinkNotice } from './LinkNotice'
import { m } from './messages'
import { type Invitation, keys, listUsers, useNames } from './queries'
import { UserDrawer } from './UserDrawer'
import { UserForm } from './UserForm'
import { t } from './words'

type Made = { name: string; invitation: Invitation }

export default function UserList() {
  const can = useCan()
  const go = useGo()
  const names = useNames()
  const columns = useMemo(() => userColumns(names), [names])
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<Made>()
  const create = can('user', 'create') && (
    <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
      {t('user.new')}
    </Button>
  )
  return (
    <SettingsFrame>
      <DataView
        list="users"
        title={m('people.title')}
        columns={columns}
        presets={presets()}
        queryKey={keys.users}
        load={listUsers}
        id={(user) => user.id}
        searchHint={t('user.search')}
        empty={{ title: t('user.empty'), why: t('user.empty_why'), action: create }}
        actions={create}
        record={(id, neighbours) => <UserDrawer id={id} neighbours={neighbours} />}
      />
      <Dialog title={t('user.new')} open={adding} onClose={() => setAdding(false)} size={620}>
        <UserForm
          onCancel={() => setAdding(false)}
          onDone={(user, invitation) => {
            setAdding(false)
            toast(t('user.created', { name: user.name }))
            if (invitation) setMade({ name: user.name, invitation })
            else go(`/settings/people?open=${user.id}`)
          }}
        />
      </Dialog>
      <Dialog title={t('user.link')} open={made !== undefined} onClose={() => setMade(undefined)}>
        {made && <LinkNotice {...made} />}
      </Dialog>
    </SettingsFrame>
  )
}

function presets(): Preset[] {
  return [
    { id: 'active', label: t('user.active_ones'), state: { filters: [['active', 'eq', true]], sort: 'name' } },
    { id: 'inactive', label: t('user.inactive_ones'), state: { filters: [['active', 'eq', false]], sort: 'name' } },
    { id: 'all', label: t('user.all'), state: { sort: 'name' } },
  ]
}
