/** What an export of customers, or of forms about them, was asked for. */
import { date, lookup } from '@/i18n'
import { type Asked, AskedFor } from '@/ui'
import { columns } from './columns'
import { useCustomColumns } from './custom'
import type { CustomerLine } from './queries'
import { t } from './words'

export default function AskedCustomers({ asked }: { asked: Asked }) {
  const all = [...columns, ...useCustomColumns<CustomerLine>()]
  const titleOf = (key: string) => all.find((column) => column.key === key)?.title() ?? lookup(`field.${key}`) ?? key
  const { sheet, from, to } = asked
  return (
    <AskedFor asked={asked} columns={all} titleOf={titleOf}>
      {typeof sheet === 'string' && (
        <div>
          <dt>{t('export.forms')}</dt>
          <dd>
            {lookup(`document.${sheet}`) ?? sheet}
            {typeof from === 'string' && typeof to === 'string' && ` ${date(from)} – ${date(to)}`}
          </dd>
        </div>
      )}
    </AskedFor>
  )
}
