/** How well every clause is kept. It reads like the regulation itself with numbers beside it, and prints as such. */
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan, useMe } from '@/api'
import { count, date } from '@/i18n'
import {
  Button,
  ChoiceField,
  DateField,
  Department,
  Empty,
  Failed,
  Segmented,
  Skeleton,
  Switch,
  useGo,
  useSearch,
  useSetSearch,
  useTitle,
} from '@/ui'
import { ClauseTable } from './ClauseTable'
import { ComplianceExport } from './ComplianceExport'
import { GroupTable } from './GroupTable'
import { m } from './messages'
import { type Group, mergeChapters, type Policy } from './model'
import { PERIODS, type Period, type PeriodName, readPeriod } from './period'
import { type ComplianceQuestion, complianceQuery, policiesQuery, policyQuery } from './queries'
import { PolicyTabs } from './Tabs'
import { t } from './words'
import './policy.css'

const GROUPS: readonly Group[] = ['clause', 'department', 'person']

export default function CompliancePage() {
  const search = useSearch()
  const period = readPeriod(search)
  const group = GROUPS.find((one) => one === search.group) ?? 'clause'
  const question = { from: period.from, to: period.to, group, department: search.department, clause: search.clause }
  const me = useMe()
  useTitle(t('compliance.title'))
  return (
    <div className="page compliance">
      <div className="page-head">
        <h1>{m('policy.compliance')}</h1>
        <PolicyTabs />
        <Acts question={question} />
      </div>
      <p className="print-only">
        {t('compliance.intro', { company: me?.company.name ?? '', from: date(period.from), to: date(period.to) })}
      </p>
      <Tools period={period} group={group} />
      <Report question={question} />
    </div>
  )
}

function Acts({ question }: { question: ComplianceQuestion }) {
  const can = useCan()
  const [exporting, setExporting] = useState(false)
  return (
    <div className="row wrap no-print">
      {can('compliance', 'export') && (
        <Button icon="download" onClick={() => setExporting(true)}>
          {t('compliance.export')}
        </Button>
      )}
      <Button onClick={() => globalThis.print()}>{t('policy.print')}</Button>
      {exporting && <ComplianceExport question={question} onClose={() => setExporting(false)} />}
    </div>
  )
}

function Tools({ period, group }: { period: Period; group: Group }) {
  const search = useSearch()
  const setSearch = useSetSearch()
  const choose = (name: PeriodName) =>
    setSearch(
      name === 'custom'
        ? { period: undefined, from: period.from, to: period.to }
        : { period: name === 'month' ? undefined : name, from: undefined, to: undefined },
      { replace: true },
    )
  return (
    <div className="compliance-tools no-print">
      <Segmented
        label={t('compliance.group')}
        value={group}
        options={GROUPS.map((value) => ({ value, label: t(`compliance.group.${value}`) }))}
        onChange={(next) => setSearch({ group: next === 'clause' ? undefined : next }, { replace: true })}
      />
      <ChoiceField<PeriodName>
        label={t('compliance.period')}
        clearable={false}
        value={period.name}
        options={PERIODS.map((value) => ({ value, label: t(`compliance.period.${value}`) }))}
        onChange={(name) => name && choose(name)}
      />
      {period.name === 'custom' && <Dates period={period} />}
      <Department
        label={t('compliance.department')}
        placeholder={t('compliance.everywhere')}
        value={search.department ?? null}
        onChange={(department) => setSearch({ department: department ?? undefined }, { replace: true })}
      />
      {group === 'clause' && (
        <Switch
          label={t('compliance.all_clauses')}
          value={search.all === '1'}
          onChange={(all) => setSearch({ all: all ? '1' : undefined }, { replace: true })}
        />
      )}
    </div>
  )
}

function Dates({ period }: { period: Period }) {
  const setSearch = useSetSearch()
  const set = (from: string, to: string) => {
    if (from <= to) setSearch({ from, to }, { replace: true })
  }
  return (
    <>
      <DateField
        label={t('compliance.first_day')}
        required
        value={period.from}
        onChange={(from) => from && set(from, period.to)}
      />
      <DateField
        label={t('compliance.last_day')}
        required
        value={period.to}
        onChange={(to) => to && set(period.from, to)}
      />
    </>
  )
}

function Report({ question }: { question: ComplianceQuestion }) {
  const search = useSearch()
  const go = useGo()
  const report = useQuery(complianceQuery(question))
  const summaries = useQuery(policiesQuery)
  const adopted = (summaries.data ?? []).filter((policy) => policy.adopted)
  const policies = useQueries({
    queries: adopted.map((policy) => ({ ...policyQuery(policy.key), enabled: question.group === 'clause' })),
    combine: (all) => ({
      ready: all.every((one) => one.data !== undefined),
      list: all.flatMap((one): Policy[] => (one.data ? [one.data] : [])),
    }),
  })
  if (report.isError) {
    return <Failed title={t('compliance.failed')} why={messageOf(report.error)} onRetry={() => void report.refetch()} />
  }
  if (!report.data || !summaries.data || (question.group === 'clause' && !policies.ready))
    return <Skeleton lines={12} />
  if (adopted.length === 0) {
    return (
      <Empty title={t('compliance.empty')} why={t('compliance.empty_why')}>
        <Button kind="primary" onClick={() => go('/policy')}>
          {t('policy.texts')}
        </Button>
      </Empty>
    )
  }
  return (
    <>
      {question.group === 'clause' ? (
        <ClauseTable report={report.data} chapters={mergeChapters(policies.list)} all={search.all === '1'} />
      ) : (
        <GroupTable report={report.data} group={question.group} />
      )}
      <p className="dim definition">
        {t('compliance.n', { n: count(report.data.total.due), open: count(report.data.total.open) })} ·{' '}
        {t('compliance.definition')}
      </p>
    </>
  )
}
