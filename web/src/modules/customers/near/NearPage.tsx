/** 附近的客户: whoever is on the road sees who is near, how far and in which direction. */
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { messageOf, useCan } from '@/api'
import { ago } from '@/i18n'
import { locate, metres, QuickRecord } from '@/modules/engagement'
import { Button, Empty, Failed, Link, Notice, Skeleton, useTitle } from '@/ui'
import { Grade } from '../options'
import { findNear, keys, type NearCustomer } from '../queries'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { direction, geoHref } from './geo'
import './near.css'

type Here = { lat: number; lon: number; accuracy: number }

export default function NearPage() {
  useTitle(t('near.title'))
  const [here, setHere] = useState<Here>()
  const [failed, setFailed] = useState<'refused' | 'unavailable'>()
  const [asking, setAsking] = useState(false)
  const look = async () => {
    setAsking(true)
    const { lat, lon, accuracy, failed: why } = await locate()
    setAsking(false)
    setFailed(why === 'refused' ? 'refused' : why ? 'unavailable' : undefined)
    if (typeof lat === 'number' && typeof lon === 'number') setHere({ lat, lon, accuracy: accuracy ?? 0 })
  }
  return (
    <div className="page near">
      <header className="row between wrap">
        <h1>{t('near.title')}</h1>
        <Tabs />
      </header>
      <div className="row wrap">
        <Button kind="primary" icon="visit" busy={asking} onClick={() => void look()}>
          {t(here ? 'near.again' : 'near.look')}
        </Button>
        <span className="dim">
          {here ? t('near.exact', { exact: metres(Math.ceil(here.accuracy)) }) : t('near.why')}
        </span>
      </div>
      {failed && <Notice tone="bad">{t(`near.${failed}`)}</Notice>}
      {here && <Found here={here} />}
    </div>
  )
}

function Found({ here }: { here: Here }) {
  const found = useQuery({
    queryKey: [...keys.all, 'near', here.lat, here.lon],
    queryFn: () => findNear(here.lat, here.lon),
  })
  if (found.isPending) return <Skeleton lines={6} />
  if (found.isError) {
    return <Failed title={t('near.failed')} why={messageOf(found.error)} onRetry={() => void found.refetch()} />
  }
  const { items, within, more } = found.data
  if (items.length === 0) return <Empty title={t('near.empty', { within: metres(within) })} why={t('near.empty_why')} />
  return (
    <>
      <ul className="near-list">
        {items.map((one) => (
          <Line key={one.id} customer={one} />
        ))}
      </ul>
      <p className="dim">{t(more ? 'near.more' : 'near.all', { n: items.length, within: metres(within) })}</p>
    </>
  )
}

function Line({ customer }: { customer: NearCustomer }) {
  const can = useCan()
  const [visiting, setVisiting] = useState(false)
  const { id, name, grade, address, lat, lon, distance, bearing, last_contact_at: last } = customer
  return (
    <li>
      <div className="grow">
        <p className="row wrap">
          <Link to={`/customers/${id}`}>{name}</Link> <Grade grade={grade} />
        </p>
        <p className="dim">
          {[address, last ? t('near.last', { when: ago(last) }) : t('near.never')].filter(Boolean).join(' · ')}
        </p>
      </div>
      <p className="near-away">
        <b className="num">{metres(distance)}</b> <span>{t(`direction.${direction(bearing)}`)}</span>
      </p>
      <div className="row near-acts">
        <a className="near-act" href={geoHref(lat, lon, name)} aria-label={t('near.map_of', { name })}>
          {t('near.map')}
        </a>
        {can('interaction', 'create') && (
          <button
            type="button"
            className="near-act"
            aria-label={t('near.visit_of', { name })}
            onClick={() => setVisiting(true)}
          >
            {t('near.visit')}
          </button>
        )}
      </div>
      {visiting && (
        <Suspense>
          <QuickRecord visited={customer} onClose={() => setVisiting(false)} />
        </Suspense>
      )}
    </li>
  )
}
