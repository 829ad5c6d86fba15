import { DatePickerInput, DatesProvider, DateTimePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import 'dayjs/locale/zh-cn'
import { locale, t } from '@/i18n'
import { common, type FieldProps } from './types'
import { fromZoned, toZoned } from './zoned'

function Settings({ children }: { children: React.ReactNode }) {
  return (
    <DatesProvider
      settings={{
        locale: locale() === 'zh' ? 'zh-cn' : 'en',
        firstDayOfWeek: 1,
        weekendDays: [0, 6],
        consistentWeeks: true,
      }}
    >
      {children}
    </DatesProvider>
  )
}

const labels = () =>
  locale() === 'zh'
    ? {
        ariaLabels: {
          nextMonth: '下个月',
          previousMonth: '上个月',
          nextYear: '下一年',
          previousYear: '上一年',
          nextDecade: '后十年',
          previousDecade: '前十年',
        },
        monthLabelFormat: 'YYYY年M月',
        yearLabelFormat: 'YYYY年',
      }
    : {
        ariaLabels: {
          nextMonth: 'Next month',
          previousMonth: 'Previous month',
          nextYear: 'Next year',
          previousYear: 'Previous year',
          nextDecade: 'Next decade',
          previousDecade: 'Previous decade',
        },
      }

/** A civil date, 'YYYY-MM-DD'. */
export function DateField(props: FieldProps<string | null>) {
  return (
    <Settings>
      <DatePickerInput
        {...common(props)}
        {...labels()}
        placeholder={props.placeholder ?? t('field.pick')}
        hideOutsideDates
        popoverProps={{ withRoles: false }}
        valueFormat={locale() === 'zh' ? 'YYYY年M月D日' : 'D MMM YYYY'}
        value={props.value}
        onChange={(value) => props.onChange(value)}
        clearable={!props.required}
        clearButtonProps={{ 'aria-label': t('clear') }}
      />
    </Settings>
  )
}

/** An instant, shown and picked in the company's zone whatever the laptop says. */
export function DateTimeField(props: FieldProps<string | null>) {
  return (
    <Settings>
      <DateTimePicker
        {...common(props)}
        {...labels()}
        placeholder={props.placeholder ?? t('field.pick')}
        hideOutsideDates
        popoverProps={{ withRoles: false }}
        valueFormat={locale() === 'zh' ? 'M月D日 HH:mm' : 'D MMM HH:mm'}
        value={props.value ? toZoned(props.value) : null}
        onChange={(value) => props.onChange(value ? fromZoned(value) : null)}
        clearable={!props.required}
        clearButtonProps={{ 'aria-label': t('clear') }}
        submitButtonProps={{ 'aria-label': t('confirm') }}
      />
    </Settings>
  )
}
