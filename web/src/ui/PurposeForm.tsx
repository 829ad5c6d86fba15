/** What an export is for that goes beyond what is free: asked before a second person is. */
import { explainExport } from '@/api/client'
import { t } from '@/i18n'
import { Form, required, useForm } from './Form'
import { Text } from './fields'

type Props = { file: unknown; onDone: () => void; onCancel?: () => void }

export function PurposeForm({ file, onDone, onCancel }: Props) {
  const label = t('export_file.purpose')
  const form = useForm<{ purpose: string }>({
    initial: { purpose: '' },
    check: required<{ purpose: string }>({ purpose: label }),
    submit: async ({ purpose }) => {
      await explainExport(file, purpose.trim())
      onDone()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={t('export_file.ask')}>
      <Text
        label={label}
        required
        maxLength={200}
        placeholder={t('export_file.purpose_hint')}
        {...form.bind('purpose')}
      />
    </Form>
  )
}
