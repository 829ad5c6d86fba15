/** One hand-over as a page: where notifications and the customer lead. */
import { Link, useParam, useTitle } from '@/ui'
import { t } from '../words'
import { HandoverDetail } from './HandoverDetail'

export default function HandoverPage() {
  useTitle(t('handover.one'))
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('handover.one')}</h1>
        <Link to="/customers/handovers">{t('handover.back')}</Link>
      </div>
      <HandoverDetail id={useParam('id')} />
    </div>
  )
}
