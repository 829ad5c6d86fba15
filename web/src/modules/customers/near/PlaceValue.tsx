/** Where a customer is: on the phone's map, set to where one stands or as a map app copied it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fieldAccess, messageOf, useCan, useMe } from '@/api'
import { t as words } from '@/i18n'
import { locate } from '@/modules/engagement'
import { Button, Dialog, Form, Text, toast, useForm } from '@/ui'
import { type Customer, forgetPlace, keys, placeQuery, setPlace } from '../queries'
import { t } from '../words'
import { coordinates, geoHref } from './geo'

export function PlaceValue({ customer }: { customer: Customer }) {
  const me = useMe()
  const can = useCan()
  const [setting, setSetting] = useState(false)
  const { data: place } = useQuery(placeQuery(customer.id))
  const may = can('customer', 'update') && fieldAccess(me, 'customer.address') === 'edit'
  const close = () => setSetting(false)
  return (
    <span className="row wrap">
      {place ? (
        <a href={geoHref(place.lat, place.lon, customer.name)}>{t('place.on_map')}</a>
      ) : (
        <span className="dim">{t('place.unknown')}</span>
      )}
      {may && (
        <button type="button" className="link no-print" onClick={() => setSetting(true)}>
          {t(place ? 'place.change' : 'place.set')}
        </button>
      )}
      <Dialog title={t('place.title', { name: customer.name })} open={setting} onClose={close} size={420}>
        {setting && <PlaceForm customer={customer} text={place ? `${place.lat}, ${place.lon}` : ''} onDone={close} />}
      </Dialog>
    </span>
  )
}

type Props = { customer: Customer; text: string; onDone: () => void }

function PlaceForm({ customer, text, onDone }: Props) {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const done = async (said: string) => {
    await client.invalidateQueries({ queryKey: [...keys.one(customer.id), 'place'] })
    toast(said)
    onDone()
  }
  const form = useForm<{ text: string }>({
    initial: { text },
    check: (values): { text?: string } => (coordinates(values.text) ? {} : { text: t('place.wrong') }),
    submit: async (values) => {
      const found = coordinates(values.text)
      if (!found) return
      await setPlace(customer.id, found)
      await done(words('saved'))
    },
  })
  const here = async () => {
    setBusy(true)
    const { lat, lon, accuracy, failed } = await locate()
    setBusy(false)
    if (failed || typeof lat !== 'number' || typeof lon !== 'number') {
      return toast(t(failed === 'refused' ? 'near.refused' : 'near.unavailable'))
    }
    try {
      await setPlace(customer.id, { lat, lon, accuracy: accuracy ?? undefined })
      await done(words('saved'))
    } catch (error) {
      toast(messageOf(error))
    }
  }
  const forget = async () => {
    try {
      await forgetPlace(customer.id)
      await done(t('place.forgotten'))
    } catch (error) {
      toast(messageOf(error))
    }
  }
  return (
    <div className="stack">
      <Button icon="visit" busy={busy} onClick={() => void here()}>
        {t('place.here')}
      </Button>
      <Form form={form} guard={false} onCancel={onDone}>
        <Text label={t('place.text')} hint={t('place.hint')} placeholder="31.2304, 121.4737" {...form.bind('text')} />
      </Form>
      {text && (
        <button type="button" className="link" onClick={() => void forget()}>
          {t('place.forget')}
        </button>
      )}
    </div>
  )
}
