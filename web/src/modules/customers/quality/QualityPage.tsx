/** 数据质量 (R2-2.3, R4-4): what is wrong with archives, whose they are, how it goes; each number leads to its customers. */
import './quality.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { messageOf, useCan } from '@/api'
import { count, dateTime, shortDay, t as words } from '@/i18n'
import {
  Button,
  Chart,
  ChoiceField,
  Dialog,
  Empty,
  Failed,
  Form,
  Link,
  NumberField,
  required,
  Segmented,
  Skeleton,
  Spark,
  toast,
  useForm,
  useSearch,
  useSetSearch,
  useTitle,
} from '@/ui'
import { useRefresh } from '../queries'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { all, type Counts, type Flaw, pathOf, type Row, rowsOf, total } from './flaws'
import { type Board, boardQuery, setStaleDays } from './queries'

type By = 'department' | 'owner'

export default function QualityPage() {
  useTitle(t('quality.title'))
  const board = useQuery(boardQuery)
  return (
    <div className="page quality">
      <div className="page-head">
        <h1>{t('quality.title')}</h1>
        <Tabs />
      </div>
      {board.isPending && <Skeleton lines={8} />}
      {board.isError && (
        <Failed title={words('list.failed')} why={messageOf(board.error)} onRetry={() => void board.refetch()} />
      )}
      {board.data && <Whole board={board.data} />}
    </div>
  )
}

function Whole({ board }: { board: Board }) {
  const search = useSearch()
  const setSearch = useSetSearch()
  const by: By = search.by === 'owner' ? 'owner' : 'department'
  const sum = total(board.groups)
  if (all(sum) === 0) {
    return (
      <Empty title={t('quality.nothing')} why={board.checked_at ? t('quality.nothing_why') : t('quality.not_yet')} />
    )
  }
  return (
    <>
      <Freshness board={board} />
      <dl className="quality-sum">
        {board.flaws.map((flaw) => (
          <div key={flaw}>
            <dt>{t(`flaw.${flaw}`)}</dt>
            <dd>
              <Amount flaw={flaw} counts={sum} />{' '}
              <Spark
                values={board.weeks.map((week) => week.counts[flaw] ?? 0)}
                label={t('quality.trend_of', { flaw: t(`flaw.${flaw}`) })}
              />
            </dd>
            <dd className="dim">{t(`flaw.${flaw}_why`, { n: board.stale_days })}</dd>
          </div>
        ))}
      </dl>
      <Trend board={board} />
      <div className="row between wrap">
        <h2>{t('quality.whose')}</h2>
        <Segmented<By>
          aria-label={t('quality.by')}
          options={[
            { value: 'department', label: t('quality.by_department') },
            { value: 'owner', label: t('quality.by_owner') },
          ]}
          value={by}
          onChange={(next) => setSearch({ by: next === 'department' ? undefined : next }, { replace: true })}
        />
      </div>
      <Groups rows={rowsOf(board.groups, by, t('quality.nobody'))} flaws={board.flaws} by={by} />
    </>
  )
}

function Freshness({ board }: { board: Board }) {
  const can = useCan()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <p className="dim">
      {board.checked_at ? t('quality.fresh', { when: dateTime(board.checked_at) }) : t('quality.not_yet')}{' '}
      {can('setting', 'update') && (
        <Button size="xs" kind="quiet" onClick={() => setOpen(true)}>
          {t('quality.set')}
        </Button>
      )}
      <Dialog title={t('quality.set')} open={open} onClose={close} size={400}>
        <StaleForm days={board.stale_days} onDone={close} />
      </Dialog>
    </p>
  )
}

type StaleValues = { days: number | null }

function StaleForm({ days, onDone }: { days: number; onDone: () => void }) {
  const refresh = useRefresh()
  const form = useForm<StaleValues>({
    initial: { days },
    check: required<StaleValues>({ days: t('quality.stale_days') }),
    submit: async (values) => {
      await setStaleDays(values.days ?? days)
      toast(t('quality.set_done'))
      onDone()
      await refresh()
    },
  })
  return (
    <Form form={form} guard={false} onCancel={onDone}>
      <NumberField
        label={t('quality.stale_days')}
        hint={t('quality.stale_hint')}
        min={7}
        max={3650}
        required
        {...form.bind('days')}
      />
    </Form>
  )
}

function Amount({ flaw, counts, filters }: { flaw: Flaw; counts: Counts; filters?: Row['filters'] }) {
  const n = counts[flaw] ?? 0
  return n === 0 ? <span className="dim">0</span> : <Link to={pathOf(flaw, filters)}>{count(n)}</Link>
}

function Groups({ rows, flaws, by }: { rows: Row[]; flaws: Flaw[]; by: By }) {
  return (
    <div className="quality-rows">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t(by === 'department' ? 'field.department' : 'field.owner')}</th>
            {flaws.map((flaw) => (
              <th key={flaw} scope="col" className="num">
                {t(`flaw.${flaw}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">
                {row.name} {row.beside && <span className="dim">{row.beside}</span>}
              </th>
              {flaws.map((flaw) => (
                <td key={flaw} className="num" data-label={t(`flaw.${flaw}`)}>
                  <Amount flaw={flaw} counts={row.counts} filters={row.filters} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** One kind at a time: the numbers of some are a hundred times those of others. The last week is still running. */
function Trend({ board }: { board: Board }) {
  const search = useSearch()
  const setSearch = useSetSearch()
  const chosen = board.flaws.find((flaw) => flaw === search.flaw) ?? board.flaws[0]
  if (!chosen) return null
  const name = t(`flaw.${chosen}`)
  const weeks = board.weeks.map((week) => [shortDay(week.week), week.counts[chosen] ?? 0] as const)
  return (
    <section className="quality-trend">
      <ChoiceField
        label={t('quality.flaw')}
        options={board.flaws.map((flaw) => ({ value: flaw, label: t(`flaw.${flaw}`) }))}
        value={chosen}
        onChange={(flaw) => setSearch({ flaw: flaw ?? undefined }, { replace: true })}
        clearable={false}
      />
      <Chart
        title={t('quality.trend', { flaw: name })}
        definition={t('quality.trend_def')}
        height={220}
        table={{ columns: [t('quality.week'), name], rows: weeks.map((week) => [...week]) }}
        option={{
          xAxis: { type: 'category', data: weeks.map(([day]) => day), boundaryGap: weeks.length === 1 },
          yAxis: { type: 'value', min: 0, minInterval: 1 },
          series: [{ type: 'line', name, symbolSize: 5, data: weeks.map(([, n]) => n) }],
        }}
      />
    </section>
  )
}
