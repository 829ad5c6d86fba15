/** For what the company uses personal information, and in which words it asks (R4-5). */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf } from '@/api'
import { t as words } from '@/i18n'
import { SettingsFrame } from '@/modules/platform'
import {
  Area,
  Button,
  Dialog,
  Failed,
  Form,
  IconButton,
  Notice,
  required,
  Skeleton,
  Switch,
  Tag,
  Text,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { m } from '../messages'
import { changePurpose, createPurpose, type Purpose, purposesQuery, useRefresh } from '../queries'
import { t } from '../words'
import { purposeName } from './Consents'
import '../protection.css'

export default function PurposePage() {
  const purposes = useQuery(purposesQuery)
  const [open, setOpen] = useState<Purpose | 'new'>()
  const close = () => setOpen(undefined)
  const add = (
    <Button kind="primary" icon="plus" onClick={() => setOpen('new')}>
      {t('purpose.new')}
    </Button>
  )
  return (
    <SettingsFrame title={m('protection.purposes')} actions={add} narrow>
      <p className="dim">{t('purpose.why')}</p>
      {purposes.isPending && <Skeleton lines={6} />}
      {purposes.isError && (
        <Failed title={words('list.failed')} why={messageOf(purposes.error)} onRetry={() => void purposes.refetch()} />
      )}
      <ul className="consent-purposes">
        {purposes.data?.map((purpose) => (
          <Line key={purpose.key} purpose={purpose} onEdit={() => setOpen(purpose)} />
        ))}
      </ul>
      <Dialog
        title={open === 'new' ? t('purpose.new') : t('purpose.edit')}
        open={open !== undefined}
        onClose={close}
        size={600}
      >
        {open && <Editor purpose={open === 'new' ? undefined : open} onDone={close} />}
      </Dialog>
    </SettingsFrame>
  )
}

function Line({ purpose, onEdit }: { purpose: Purpose; onEdit: () => void }) {
  const refresh = useRefresh()
  const name = purposeName(purpose, purpose.key)
  const retire = async (of: Purpose, retired: boolean) => {
    try {
      const now = await changePurpose(of, { retired })
      if (retired) undoable(t('purpose.retired_toast', { name }), () => retire(now, false))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  return (
    <li>
      <div className="row">
        <span className="grow row wrap">
          <b className={purpose.retired_at ? 'dim' : undefined}>{name}</b>
          {purpose.separate && <Tag>{t('consent.separate')}</Tag>}
          <span className="dim">{t('consent.notice_version', { n: purpose.notice_version })}</span>
          {purpose.retired_at && <span className="dim">{t('purpose.retired')}</span>}
        </span>
        <IconButton icon="edit" label={`${words('edit')}: ${name}`} onClick={onEdit} />
        {purpose.retired_at ? (
          <Button size="xs" onClick={() => void retire(purpose, false)}>
            {t('purpose.restore')}
          </Button>
        ) : (
          <IconButton icon="trash" label={t('purpose.retire', { name })} onClick={() => void retire(purpose, true)} />
        )}
      </div>
      <p className="dim consent-notice">{purpose.notice}</p>
    </li>
  )
}

type Values = { zh: string; en: string; notice: string; contacts: boolean; separate: boolean }

function Editor({ purpose, onDone }: { purpose: Purpose | undefined; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: {
      zh: purpose?.zh ?? '',
      en: purpose?.en ?? '',
      notice: purpose?.notice ?? '',
      contacts: purpose?.contacts ?? true,
      separate: purpose?.separate ?? false,
    },
    check: required<Values>({ zh: t('purpose.zh'), notice: t('purpose.notice') }),
    submit: async (values, key) => {
      const body = { ...values, zh: values.zh.trim(), en: values.en.trim() || values.zh.trim() }
      if (purpose) await changePurpose(purpose, body)
      else await createPurpose(body, key)
      await refresh()
      toast(words('saved'))
      onDone()
    },
  })
  const { notice, contacts } = form.values
  const renews = purpose && (notice.trim() !== purpose.notice || contacts !== purpose.contacts)
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <div className="two">
        <Text label={t('purpose.zh')} required autoFocus maxLength={40} {...form.bind('zh')} />
        <Text label={t('purpose.en')} maxLength={40} {...form.bind('en')} />
      </div>
      <Area label={t('purpose.notice')} hint={t('purpose.notice_hint')} required rows={4} {...form.bind('notice')} />
      {renews && <Notice>{t('purpose.notice_changed')}</Notice>}
      <div className="stack">
        <Switch label={t('purpose.contacts')} {...form.bind('contacts')} />
        <Switch label={t('purpose.separate')} {...form.bind('separate')} />
      </div>
    </Form>
  )
}
