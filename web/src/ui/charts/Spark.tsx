/** A line without axes, the size of a word: the shape of the last months. `max` fixes the scale, so that lines compare. */
import './charts.css'

type Props = { values: (number | null)[]; label: string; max?: number; width?: number; height?: number; goal?: number }

export function Spark({ values, label, max, width = 84, height = 20, goal }: Props) {
  const top = max ?? Math.max(1e-9, ...values.map((value) => value ?? 0))
  const x = (at: number) => (values.length < 2 ? width / 2 : 2 + (at * (width - 6)) / (values.length - 1))
  const y = (value: number) => height - 2 - (Math.min(value, top) / top) * (height - 4)
  const points = values.flatMap((value, at) => (value === null ? [] : [[x(at), y(value)] as const]))
  const last = points.at(-1)
  return (
    <svg className="spark" width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      {goal !== undefined && <line x1="0" x2={width} y1={y(goal)} y2={y(goal)} className="spark-goal" />}
      <polyline points={points.map((point) => point.join(',')).join(' ')} />
      {last && <circle cx={last[0]} cy={last[1]} r="2" />}
    </svg>
  )
}
