/** 三员分立: who runs the system, who gives rights, who reads the audit, and whether one person may do two of them. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { list } from '@/i18n'
import { Notice, Switch, toast } from '@/ui'
import { administratorsQuery, separateDuties } from './queries'
import { t } from './words'

const DUTIES = ['system', 'security', 'audit'] as const

export function Administrators() {
  const client = useQueryClient()
  const can = useCan()
  const told = useQuery(administratorsQuery).data
  if (!told) return null
  const names = (people: { name: string }[]) => list(people.map((one) => one.name))
  const set = async (separated: boolean) => {
    try {
      client.setQueryData(administratorsQuery.queryKey, await separateDuties(separated))
    } catch (error) {
      toast(messageOf(error))
    }
  }
  return (
    <section className="stack">
      <h2>{t('duty.title')}</h2>
      <p className="dim">{t('duty.why')}</p>
      <table className="plain">
        <tbody>
          {DUTIES.map((duty) => (
            <tr key={duty}>
              <th scope="row">{t(`duty.${duty}`)}</th>
              <td>{told[duty].length > 0 ? names(told[duty]) : <span className="dim">{t('duty.nobody')}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Switch
        label={t('duty.separated')}
        value={told.separated}
        disabled={!can('role', 'manage')}
        onChange={(separated) => void set(separated)}
      />
      {told.several.length > 0 && <Notice tone="warn">{t('duty.several', { names: names(told.several) })}</Notice>}
    </section>
  )
}
