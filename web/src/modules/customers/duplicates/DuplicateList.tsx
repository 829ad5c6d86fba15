import { messageOf, useCan } from '@/api'
import { date, list } from '@/i18n'
import { Button, type Column, DataView, type Preset, Status, Tag, type Tone, toast } from '@/ui'
import { Tabs } from '../Tabs'
import { t } from '../words'
import { Comparison } from './Comparison'
import { duplicateKeys, listPairs, type Pair, startScan } from './queries'
import './duplicates.css'

/** Pairs of customers that are probably one (R2-2.3), the likeliest first. */
export default function DuplicateList() {
  const can = useCan()
  const scan = can('customer', 'assign') && <Button onClick={() => void look()}>{t('pair.scan')}</Button>
  return (
    <div className="page">
      <DataView
        list="duplicates"
        title={t('pair.title')}
        columns={columns}
        presets={presets()}
        queryKey={duplicateKeys.all}
        load={listPairs}
        id={(pair) => pair.id}
        empty={{ title: t('pair.empty'), why: t('pair.empty_why'), action: scan }}
        actions={
          <>
            <Tabs />
            {scan}
          </>
        }
        record={(id, neighbours) => <Comparison id={id} neighbours={neighbours} />}
      />
    </div>
  )
}

async function look() {
  try {
    await startScan()
    toast(t('pair.scanning'))
  } catch (error) {
    toast(messageOf(error))
  }
}

/** How sure it is, as a word: the number alone says little. */
export function Likeness({ score }: { score: number }) {
  const tone: Tone = score >= 80 ? 'bad' : score >= 60 ? 'warn' : 'none'
  const word = score >= 80 ? 'high' : score >= 60 ? 'middle' : 'low'
  return (
    <Status tone={tone}>
      {t(`pair.${word}`)} <span className="num">{score}</span>
    </Status>
  )
}

export function Evidence({ pair }: { pair: Pair }) {
  return (
    <span className="row wrap pair-evidence">
      {pair.evidence.map(({ signal, weight }) => (
        <Tag key={signal}>
          {t(`pair.signal.${signal}`)} +{weight}
        </Tag>
      ))}
    </span>
  )
}

const said = (pair: Pair) => list(pair.evidence.map(({ signal }) => t(`pair.signal.${signal}`)))
const states = ['open', 'distinct', 'merged'] as const
const stateOptions = () => states.map((value) => ({ value, label: t(`pair.state.${value}`) }))

const columns: Column<Pair>[] = [
  {
    key: 'customer',
    title: () => t('pair.older'),
    kind: 'text',
    text: (pair) => pair.customer.name,
    width: 240,
  },
  {
    key: 'other',
    title: () => t('pair.newer'),
    kind: 'text',
    text: (pair) => pair.other.name,
    width: 240,
    card: 'line',
  },
  {
    key: 'score',
    title: () => t('pair.score'),
    kind: 'number',
    text: (pair) => String(pair.score),
    cell: (pair) => <Likeness score={pair.score} />,
    width: 100,
    sort: true,
    filter: true,
    card: 'mark',
  },
  {
    key: 'evidence',
    title: () => t('pair.evidence'),
    kind: 'text',
    text: said,
    cell: (pair) => <Evidence pair={pair} />,
    width: 300,
    card: 'line',
  },
  {
    key: 'state',
    title: () => t('pair.state'),
    kind: 'choice',
    options: stateOptions,
    text: (pair) => t(`pair.state.${pair.state}`),
    width: 100,
    filter: true,
    extra: true,
  },
  {
    key: 'found_at',
    title: () => t('pair.found_at'),
    kind: 'date',
    text: (pair) => date(pair.found_at),
    width: 120,
    sort: true,
    filter: true,
  },
]

function presets(): Preset[] {
  return [
    { id: 'open', label: t('pair.open_ones'), state: { filters: [['state', 'in', ['open']]], sort: '-score' } },
    {
      id: 'distinct',
      label: t('pair.distinct_ones'),
      state: { filters: [['state', 'in', ['distinct']]], sort: '-found_at' },
    },
    {
      id: 'merged',
      label: t('pair.merged_ones'),
      state: { filters: [['state', 'in', ['merged']]], sort: '-found_at' },
    },
  ]
}
