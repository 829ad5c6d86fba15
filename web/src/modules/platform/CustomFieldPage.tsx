/** Fields that the company adds itself, for customers and for contacts: their names, kinds, choices and order. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { customFieldsQuery, messageOf } from '@/api'
import { locale, t as words } from '@/i18n'
import {
  Button,
  ChoiceField,
  Dialog,
  Empty,
  Failed,
  Form,
  type FormState,
  IconButton,
  move,
  required,
  Segmented,
  Skeleton,
  Switch,
  Tag,
  Text,
  toast,
  undoable,
  useForm,
} from '@/ui'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import {
  allCustomFieldsQuery,
  type CustomFieldView,
  changeCustomField,
  createCustomField,
  orderCustomFields,
  removeCustomField,
  restoreCustomField,
} from './queries'
import { t } from './words'

type Entity = 'customer' | 'contact'
type Kind = CustomFieldView['kind']
type Class = CustomFieldView['class']

const KINDS: Kind[] = ['text', 'number', 'money', 'date', 'choice', 'multi', 'person', 'file']
const CLASSES: Class[] = ['ordinary', 'personal', 'sensitive']

const label = (field: { zh: string; en: string }) => (locale() === 'en' ? field.en : field.zh)
const hasChoices = (kind: Kind) => kind === 'choice' || kind === 'multi'

function useRefresh(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await client.invalidateQueries({ queryKey: allCustomFieldsQuery.queryKey })
    await client.invalidateQueries({ queryKey: customFieldsQuery.queryKey })
    // What may be seen of a field is told with the session.
    await client.invalidateQueries({ queryKey: ['me'] })
  }
}

export default function CustomFieldPage() {
  const fields = useQuery(allCustomFieldsQuery)
  const [entity, setEntity] = useState<Entity>('customer')
  const [open, setOpen] = useState<CustomFieldView | 'new'>()
  const close = () => setOpen(undefined)
  const own = fields.data?.filter((field) => field.entity === entity) ?? []
  const add = (
    <Button kind="primary" icon="plus" onClick={() => setOpen('new')}>
      {t('custom.new')}
    </Button>
  )
  return (
    <SettingsFrame title={m('settings.custom_fields')} actions={add} narrow>
      <p className="dim custom-why">{t('custom.why')}</p>
      <Segmented<Entity>
        aria-label={t('custom.entity')}
        options={(['customer', 'contact'] as const).map((value) => ({ value, label: t(`custom.entity.${value}`) }))}
        value={entity}
        onChange={setEntity}
      />
      {fields.isPending && <Skeleton lines={6} />}
      {fields.isError && (
        <Failed title={words('list.failed')} why={messageOf(fields.error)} onRetry={() => void fields.refetch()} />
      )}
      {fields.data && own.every((field) => field.removed_at) && (
        <Empty title={t(`custom.empty.${entity}`)} why={t('custom.empty_why')} />
      )}
      <Live fields={own.filter((field) => !field.removed_at)} onEdit={setOpen} />
      <Removed fields={own.filter((field) => field.removed_at)} />
      <Dialog
        title={open === 'new' ? t('custom.new') : t('custom.edit')}
        open={open !== undefined}
        onClose={close}
        size={600}
      >
        {open && <Editor field={open === 'new' ? undefined : open} entity={entity} onDone={close} />}
      </Dialog>
    </SettingsFrame>
  )
}

type LiveProps = { fields: CustomFieldView[]; onEdit: (field: CustomFieldView) => void }

function Live({ fields, onEdit }: LiveProps) {
  const refresh = useRefresh()
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  const remove = (field: CustomFieldView) =>
    act(async () => {
      await removeCustomField(field.key)
      undoable(t('custom.removed_toast', { name: label(field) }), async () => {
        await restoreCustomField(field.key)
        await refresh()
      })
    })
  const keys = fields.map((field) => field.key)
  return (
    <ul className="lines">
      {fields.map((field, at) => (
        <li key={field.key} className="row">
          <span className="grow">
            <b>{label(field)}</b> <span className="dim">{t(`custom.kind.${field.kind}`)}</span>{' '}
            {field.class !== 'ordinary' && <Tag>{t(`custom.class.${field.class}`)}</Tag>}{' '}
            {field.required && <Tag tone="key">{t('custom.required_mark')}</Tag>}{' '}
            {field.searchable && <Tag>{t('custom.searchable_mark')}</Tag>}
            {field.choices.length > 0 && (
              <span className="dim custom-choices">
                {field.choices
                  .filter((choice) => !choice.retired)
                  .map((choice) => (locale() === 'en' && choice.en) || choice.zh)
                  .join(locale() === 'en' ? ', ' : '、')}
              </span>
            )}
          </span>
          <IconButton
            icon="up"
            label={t('custom.up', { name: label(field) })}
            disabled={at === 0}
            onClick={() => void act(() => orderCustomFields(move(keys, at, at - 1)))}
          />
          <IconButton
            icon="down"
            label={t('custom.down', { name: label(field) })}
            disabled={at === fields.length - 1}
            onClick={() => void act(() => orderCustomFields(move(keys, at, at + 1)))}
          />
          <IconButton icon="edit" label={`${words('edit')}: ${label(field)}`} onClick={() => onEdit(field)} />
          <IconButton icon="trash" label={`${words('remove')}: ${label(field)}`} onClick={() => void remove(field)} />
        </li>
      ))}
    </ul>
  )
}

/** Taken out of sight with what stood in them; each can come back. */
function Removed({ fields }: { fields: CustomFieldView[] }) {
  const refresh = useRefresh()
  if (fields.length === 0) return null
  const restore = async (field: CustomFieldView) => {
    try {
      await restoreCustomField(field.key)
      toast(t('custom.restored', { name: label(field) }))
    } catch (error) {
      toast(messageOf(error))
    }
    await refresh()
  }
  return (
    <section className="section">
      <h2>{t('custom.removed')}</h2>
      <p className="dim">{t('custom.removed_why')}</p>
      <ul className="lines">
        {fields.map((field) => (
          <li key={field.key} className="row">
            <span className="grow dim">
              {label(field)} {t(`custom.kind.${field.kind}`)}
            </span>
            <Button size="xs" onClick={() => void restore(field)}>
              {t('custom.restore')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

type Option = { id: number; zh: string; en: string; retired: boolean }
type Values = {
  kind: Kind | null
  class: Class
  zh: string
  en: string
  help: string
  required: boolean
  searchable: boolean
  choices: Option[]
}

const whole = ({ id = 0, zh, en = '', retired = false }: CustomFieldView['choices'][number]): Option => ({
  id,
  zh,
  en,
  retired,
})

type EditorProps = { field: CustomFieldView | undefined; entity: Entity; onDone: () => void }

function Editor({ field, entity, onDone }: EditorProps) {
  const refresh = useRefresh()
  const form = useForm<Values>({
    initial: {
      kind: field?.kind ?? 'text',
      class: field?.class ?? 'ordinary',
      zh: field?.zh ?? '',
      en: field?.en ?? '',
      help: field?.help ?? '',
      required: field?.required ?? false,
      searchable: field?.searchable ?? false,
      choices: field?.choices.map(whole) ?? [],
    },
    check: required<Values>({ zh: t('custom.zh') }),
    submit: async ({ kind, class: protection, ...values }, key) => {
      const choices = values.choices.filter((choice) => choice.zh.trim())
      const body = {
        ...values,
        zh: values.zh.trim(),
        // A company that works in Chinese alone needs no second name.
        en: values.en.trim() || values.zh.trim(),
        help: values.help.trim() || null,
        ...(kind && hasChoices(kind) ? { choices } : { choices: [] }),
      }
      if (field) await changeCustomField(field, body)
      else await createCustomField({ ...body, entity, kind: kind ?? 'text', class: protection }, key)
      await refresh()
      toast(words('saved'))
      onDone()
    },
  })
  const { kind, class: protection } = form.values
  const findable = kind === 'text' && protection === 'ordinary'
  return (
    <Form form={form} guard={false} onCancel={onDone} labels={{ choices: t('custom.choices') }}>
      <div className="two">
        <Text label={t('custom.zh')} required autoFocus maxLength={40} {...form.bind('zh')} />
        <Text label={t('custom.en')} maxLength={40} {...form.bind('en')} />
        {!field && (
          <ChoiceField
            label={t('custom.kind')}
            hint={t('custom.kind_why')}
            required
            options={KINDS.map((value) => ({ value, label: t(`custom.kind.${value}`) }))}
            value={kind}
            onChange={(next) => form.set({ kind: next, searchable: false })}
          />
        )}
        {!field && (
          <ChoiceField
            label={t('custom.class')}
            hint={t('custom.class_why')}
            required
            options={CLASSES.map((value) => ({ value, label: t(`custom.class.${value}`) }))}
            value={protection}
            onChange={(next) => next && form.set({ class: next, searchable: false })}
          />
        )}
      </div>
      <Text label={t('custom.help')} maxLength={200} {...form.bind('help')} />
      {kind && hasChoices(kind) && <Choices form={form} />}
      <div className="stack">
        <Switch label={t('custom.required')} {...form.bind('required')} />
        {findable && <Switch label={t('custom.searchable')} {...form.bind('searchable')} />}
      </div>
    </Form>
  )
}

/** What can be chosen. A choice that is in use is retired, never lost: it stays where it stands. */
function Choices({ form }: { form: FormState<Values> }) {
  const { choices } = form.values
  const set = (at: number, change: Partial<Option>) =>
    form.set({ choices: choices.map((choice, i) => (i === at ? { ...choice, ...change } : choice)) })
  return (
    <fieldset className="form-group" data-field="choices">
      <legend>{t('custom.choices')}</legend>
      {form.errors.choices && <p className="error">{form.errors.choices}</p>}
      {choices.map((choice, at) => (
        <div key={choice.id || `new-${at}`} className="row custom-choice">
          <Text
            aria-label={t('custom.choice_zh', { n: at + 1 })}
            placeholder={t('custom.zh')}
            maxLength={40}
            disabled={choice.retired}
            value={choice.zh}
            error={form.errors[`choices[${at}].zh`]}
            onChange={(zh) => set(at, { zh })}
          />
          <Text
            aria-label={t('custom.choice_en', { n: at + 1 })}
            placeholder={t('custom.en')}
            maxLength={40}
            disabled={choice.retired}
            value={choice.en ?? ''}
            onChange={(en) => set(at, { en })}
          />
          {choice.id === 0 ? (
            <IconButton
              icon="close"
              label={t('custom.choice_remove', { n: at + 1 })}
              onClick={() => form.set({ choices: choices.filter((_, i) => i !== at) })}
            />
          ) : (
            <Button size="xs" kind="quiet" onClick={() => set(at, { retired: !choice.retired })}>
              {choice.retired ? t('custom.choice_offer') : t('custom.choice_retire')}
            </Button>
          )}
        </div>
      ))}
      <div>
        <Button
          size="xs"
          kind="quiet"
          icon="plus"
          onClick={() => form.set({ choices: [...choices, { id: 0, zh: '', en: '', retired: false }] })}
        >
          {t('custom.choice_add')}
        </Button>
      </div>
    </fieldset>
  )
}
