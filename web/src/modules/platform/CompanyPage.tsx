/** The company, its time zone, its working week, and the days that differ. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { messageOf, useCan } from '@/api'
import { t as words } from '@/i18n'
import {
  Button,
  ChoiceField,
  DateField,
  Failed,
  Form,
  type FormState,
  IconButton,
  NumberField,
  required,
  Segmented,
  Skeleton,
  Switch,
  Text,
  toast,
  useForm,
} from '@/ui'
import { SettingsFrame } from './Frame'
import { m } from './messages'
import { type Override, type Settings, saveSettings, settingsQuery } from './queries'
import { WeekEditor } from './WeekEditor'
import { sortDay, weekProblems } from './week'
import { t } from './words'

export default function CompanyPage() {
  const settings = useQuery(settingsQuery)
  return (
    <SettingsFrame title={m('settings.company')} narrow>
      {settings.isPending && <Skeleton lines={10} />}
      {settings.isError && (
        <Failed title={t('company.failed')} why={messageOf(settings.error)} onRetry={() => void settings.refetch()} />
      )}
      {settings.data && <Editor key={settings.data.version} settings={settings.data} />}
    </SettingsFrame>
  )
}

function Editor({ settings }: { settings: Settings }) {
  const client = useQueryClient()
  const can = useCan()
  const labels = { company: t('company.name'), time_zone: t('company.time_zone') }
  const form = useForm<Settings>({
    initial: settings,
    check: (values) => {
      const wrong = required<Settings>(labels)(values)
      const problem = weekProblems(values.working_week).find((one) => one)
      if (problem) wrong.working_week = t(`week.problem.${problem}`)
      if (values.overrides.some((one) => !one.date))
        wrong.overrides = words('form.required', { what: t('company.override_date') })
      return wrong
    },
    submit: async (values) => {
      const overrides = [...values.overrides].sort((a, b) => a.date.localeCompare(b.date))
      await saveSettings({
        ...values,
        company: values.company.trim(),
        working_week: values.working_week.map(sortDay),
        overrides,
      })
      const calendar = ({
        company: _,
        attachments: __,
        version: ___,
        bin_days: ____,
        export_rows: _____,
        ...rest
      }: Settings) => JSON.stringify(rest)
      toast(calendar(values) === calendar(settings) ? words('saved') : t('company.replanned'))
      await client.invalidateQueries({ queryKey: settingsQuery.queryKey })
      await client.invalidateQueries({ queryKey: ['me'] })
    },
  })
  const zones = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
  const readOnly = !can('setting', 'update')
  return (
    <fieldset className="bare" disabled={readOnly}>
      <Form form={form} labels={labels}>
        <div className="two">
          <Text label={labels.company} required maxLength={80} {...form.bind('company')} />
          <ChoiceField
            label={labels.time_zone}
            required
            options={zones}
            value={form.values.time_zone}
            onChange={(zone) => zone && form.set({ time_zone: zone })}
          />
        </div>
        <Switch
          label={t('company.national_cn')}
          value={form.values.national === 'cn'}
          onChange={(on) => form.set({ national: on ? 'cn' : null })}
        />
        <section className="section">
          <h2>{t('company.week')}</h2>
          <p className="dim">{t('company.week_why')}</p>
          <WeekEditor
            week={form.values.working_week}
            problems={form.errors.working_week ? weekProblems(form.values.working_week) : []}
            onChange={(working_week) => form.set({ working_week })}
          />
        </section>
        <Overrides form={form} />
        <section className="section">
          <h2>{t('company.bin')}</h2>
          <NumberField
            label={t('company.bin_days')}
            hint={t('company.bin_why')}
            min={1}
            max={3650}
            value={form.values.bin_days}
            error={form.errors.bin_days}
            onChange={(days) => form.set({ bin_days: days ?? 30 })}
          />
        </section>
        <section className="section">
          <h2>{t('company.exports')}</h2>
          <NumberField
            label={t('company.export_rows')}
            hint={t('company.export_rows_why')}
            min={0}
            max={10_000_000}
            value={form.values.export_rows}
            error={form.errors.export_rows}
            onChange={(rows) => form.set({ export_rows: rows ?? 0 })}
          />
        </section>
        <Files form={form} />
      </Form>
    </fieldset>
  )
}

/** How large attachments may be, and who looks for viruses in them. */
function Files({ form }: { form: FormState<Settings> }) {
  const { attachments } = form.values
  const set = (change: Partial<Settings['attachments']>) => form.set({ attachments: { ...attachments, ...change } })
  return (
    <section className="section stack">
      <h2>{t('company.files')}</h2>
      <div className="two">
        <NumberField
          label={t('company.files_most')}
          min={1}
          max={200}
          suffix=" MB"
          value={attachments.most_mib}
          error={form.errors['attachments.most_mib']}
          onChange={(most) => set({ most_mib: most ?? 1 })}
        />
        <Text
          label={t('company.scanner')}
          hint={t('company.scanner_why')}
          placeholder="127.0.0.1:3310"
          value={attachments.scanner ?? ''}
          error={form.errors['attachments.scanner']}
          onChange={(scanner) => set({ scanner: scanner.trim() || null })}
        />
      </div>
    </section>
  )
}

function Overrides({ form }: { form: FormState<Settings> }) {
  const { overrides } = form.values
  const set = (at: number, change: Partial<Override>) =>
    form.set({ overrides: overrides.map((one, i) => (i === at ? { ...one, ...change } : one)) })
  return (
    <section className="section stack">
      <div>
        <h2>{t('company.overrides')}</h2>
        <p className="dim">{t('company.overrides_why')}</p>
      </div>
      {overrides.map((override, at) => (
        <div key={at} className="override">
          <DateField
            aria-label={t('company.override_date')}
            required
            value={override.date || null}
            error={form.errors[`overrides.${at}.date`] ?? (override.date ? undefined : form.errors.overrides)}
            onChange={(date) => set(at, { date: date ?? '' })}
          />
          <Segmented
            aria-label={t('company.override_kind')}
            value={override.kind}
            options={(['off', 'work'] as const).map((value) => ({ value, label: t(`company.override.${value}`) }))}
            // Own hours belong to a working day only.
            onChange={(kind) => set(at, kind === 'off' ? { kind, intervals: undefined } : { kind })}
          />
          <Text
            aria-label={t('company.override_note')}
            placeholder={t('company.override_note')}
            maxLength={80}
            value={override.note ?? ''}
            onChange={(note) => set(at, { note: note || undefined })}
          />
          <IconButton
            icon="close"
            label={t('company.override_remove', { n: at + 1 })}
            onClick={() => form.set({ overrides: overrides.filter((_, i) => i !== at) })}
          />
        </div>
      ))}
      <div>
        <Button
          size="xs"
          kind="quiet"
          icon="plus"
          onClick={() => form.set({ overrides: [...overrides, { date: '', kind: 'off' }] })}
        >
          {t('company.override_add')}
        </Button>
      </div>
    </section>
  )
}
