/** The register of exports: one's own to download, others' to approve, and a file that turned up to be led back. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, Suspense, useState } from 'react'
import { messageOf, takeOut, useCan } from '@/api'
import { ago, count, date, dateTime, list, t as words } from '@/i18n'
import { AskedCustomers } from '@/modules/customers'
import { AskedRecords } from '@/modules/engagement'
import {
  Area,
  Button,
  Dialog,
  Empty,
  Failed,
  FileField,
  Form,
  Notice,
  PurposeForm,
  required,
  Skeleton,
  Status,
  type Tone,
  toast,
  useForm,
} from '@/ui'
import { SettingsFrame } from '../Frame'
import { m } from '../messages'
import {
  decideRelease,
  type Release,
  releasesQuery,
  type Trace,
  traceFile,
  waitingQuery,
  withdrawRelease,
} from '../queries'
import { t } from '../words'

export default function ExportPage() {
  const pages = useInfiniteQuery(releasesQuery)
  const waiting = useQuery(waitingQuery).data?.filter(({ decidable }) => decidable) ?? []
  const can = useCan()
  const items = pages.data?.pages.flatMap((page) => page.items).filter(({ decidable }) => !decidable) ?? []
  const empty = pages.isSuccess && items.length === 0 && waiting.length === 0
  return (
    <SettingsFrame title={m('settings.exports')}>
      <div className="stack wide">
        <p className="dim">{t('exports.why')}</p>
        {pages.isPending && <Skeleton lines={8} />}
        {pages.isError && (
          <Failed title={words('list.failed')} why={messageOf(pages.error)} onRetry={() => void pages.refetch()} />
        )}
        {empty && <Empty title={t('exports.empty')} why={t('exports.empty_why')} />}
        {waiting.length > 0 && (
          <section className="stack">
            <h2>{t('exports.waiting', { n: count(waiting.length) })}</h2>
            <Lines of={waiting} />
          </section>
        )}
        {items.length > 0 && (
          <section className="stack">
            {waiting.length > 0 && <h2>{t('exports.register')}</h2>}
            <Lines of={items} />
            {pages.hasNextPage && (
              <div>
                <Button onClick={() => void pages.fetchNextPage()}>{t('exports.more')}</Button>
              </div>
            )}
          </section>
        )}
        {can('release', 'manage') && <Tracing />}
      </div>
    </SettingsFrame>
  )
}

function Lines({ of }: { of: Release[] }) {
  return (
    <ul className="jobs">
      {of.map((release) => (
        <Line key={release.id} release={release} />
      ))}
    </ul>
  )
}

const tones: Record<Release['state'], Tone> = {
  free: 'none',
  held: 'warn',
  waiting: 'warn',
  approved: 'good',
  refused: 'bad',
  withdrawn: 'none',
  lapsed: 'none',
}

function Line({ release }: { release: Release }) {
  const client = useQueryClient()
  const [refusing, setRefusing] = useState(false)
  const [explaining, setExplaining] = useState(false)
  const who = release.asked_by.name
  const act = async (done: () => Promise<unknown>, said?: string) => {
    try {
      await done()
      if (said) toast(said)
    } catch (error) {
      toast(messageOf(error))
    }
    await client.invalidateQueries({ queryKey: releasesQuery.queryKey })
  }
  return (
    <li>
      <div className="row wrap between">
        <b>{release.name}</b>
        <span className="dim">{t('exports.by', { who, when: dateTime(release.asked_at) })}</span>
      </div>
      <div className="row wrap">
        <Status tone={tones[release.state]}>{t(`release.${release.state}`)}</Status>
        <span>{t('exports.rows', { n: count(release.rows) })}</span>
        <span className="dim">
          {release.fetches > 0
            ? t('exports.fetched', { n: count(release.fetches), when: ago(release.fetched_at ?? release.asked_at) })
            : t('exports.never')}
        </span>
        {release.gone && release.state !== 'lapsed' && release.state !== 'withdrawn' && (
          <span className="dim">{t('exports.gone')}</span>
        )}
        {release.explainable && (
          <Button size="xs" kind="primary" onClick={() => setExplaining(true)}>
            {t('exports.explain')}
          </Button>
        )}
        {release.withdrawable && (
          <Button
            size="xs"
            onClick={() => void act(() => withdrawRelease(release.id), t('exports.withdrawn', { code: release.code }))}
          >
            {t('exports.withdraw')}
          </Button>
        )}
        {release.fetchable && (
          <Button size="xs" icon="download" onClick={() => void act(() => takeOut(release.id))}>
            {t('exports.download')}
          </Button>
        )}
        {release.decidable && (
          <>
            <Button
              size="xs"
              kind="primary"
              onClick={() => void act(() => decideRelease(release, true, null), t('exports.approved', { who }))}
            >
              {t('exports.approve')}
            </Button>
            <Button size="xs" onClick={() => setRefusing(true)}>
              {t('exports.refuse')}
            </Button>
          </>
        )}
      </div>
      {release.state !== 'free' && <AskedFor release={release} />}
      {release.decided_by && (
        <p className="dim">
          {t('exports.decided', {
            who: release.decided_by.name,
            when: dateTime(release.decided_at ?? release.asked_at),
            what: release.answer ?? t(`release.${release.state}`),
          })}
        </p>
      )}
      <Dialog title={t('exports.explain')} open={explaining} onClose={() => setExplaining(false)} size={440}>
        <PurposeForm
          file={release.id}
          onCancel={() => setExplaining(false)}
          onDone={() => {
            setExplaining(false)
            void act(async () => {}, t('exports.explained'))
          }}
        />
      </Dialog>
      <Dialog title={t('exports.refuse_of', { who })} open={refusing} onClose={() => setRefusing(false)} size={440}>
        <Refusal
          onCancel={() => setRefusing(false)}
          onRefuse={async (reason) => {
            await decideRelease(release, false, reason)
            setRefusing(false)
            toast(t('exports.refused', { who }))
            await client.invalidateQueries({ queryKey: releasesQuery.queryKey })
          }}
        />
      </Dialog>
    </li>
  )
}

/** What it is for and what it holds: whoever decides decides on this. */
function AskedFor({ release }: { release: Release }) {
  const asked = release.asked ?? {}
  // A form of contact records is asked for by customers too.
  const isOfRecords = release.entity === 'interaction' && !('sheet' in asked)
  let what: ReactNode = null
  if (release.asked) what = isOfRecords ? <AskedRecords asked={asked} /> : <AskedCustomers asked={asked} />
  return (
    <dl className="asked">
      {release.purpose && (
        <div>
          <dt>{words('export_file.purpose')}</dt>
          <dd>{release.purpose}</dd>
        </div>
      )}
      {release.entity === 'compliance' && (
        <div>
          <dt>{t('exports.span')}</dt>
          <dd>{`${date(String(asked.from))} – ${date(String(asked.to))}`}</dd>
        </div>
      )}
      <Suspense>{what}</Suspense>
    </dl>
  )
}

type RefusalProps = { onRefuse: (reason: string) => Promise<void>; onCancel: () => void }

function Refusal({ onRefuse, onCancel }: RefusalProps) {
  const form = useForm<{ reason: string }>({
    initial: { reason: '' },
    check: required<{ reason: string }>({ reason: t('exports.reason') }),
    submit: ({ reason }) => onRefuse(reason.trim()),
  })
  return (
    <Form form={form} guard={false} onCancel={onCancel} submitLabel={t('exports.refuse')}>
      <Area label={t('exports.reason')} required {...form.bind('reason')} />
    </Form>
  )
}

/** A file may hold a hundred that are nobody's. */
const CODES_SHOWN = 5

function Tracing() {
  const [trace, setTrace] = useState<Trace>()
  const [error, setError] = useState<string>()
  const pick = async ([file]: File[]) => {
    if (!file) return
    setError(undefined)
    try {
      setTrace(await traceFile(file))
    } catch (problem) {
      setTrace(undefined)
      setError(messageOf(problem))
    }
  }
  return (
    <section className="section stack">
      <h2>{t('exports.trace')}</h2>
      <p className="dim">{t('exports.trace_why')}</p>
      <FileField label={t('exports.pick')} onPick={(files) => void pick(files)} />
      {error && <Notice tone="bad">{error}</Notice>}
      {trace?.codes.length === 0 && <Notice>{t('exports.trace_none')}</Notice>}
      {trace && trace.codes.length > 0 && trace.exports.length === 0 && (
        <Notice>{t('exports.trace_unknown', { codes: list(trace.codes.slice(0, CODES_SHOWN)) })}</Notice>
      )}
      {trace?.more && <Notice tone="warn">{t('exports.trace_more', { n: trace.codes.length })}</Notice>}
      <div aria-live="polite">
        <Lines of={trace?.exports ?? []} />
      </div>
    </section>
  )
}
