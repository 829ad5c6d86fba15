/** ECharts, loaded only when a chart is on the page. */
import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import {
  AriaComponent,
  CalendarComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import { type EChartsCoreOption, getInstanceByDom, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'

use([
  BarChart,
  LineChart,
  ScatterChart,
  HeatmapChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  VisualMapComponent,
  CalendarComponent,
  DatasetComponent,
  MarkLineComponent,
  AriaComponent,
  SVGRenderer,
])

export type ChartOption = EChartsCoreOption

type Props = { option: ChartOption; height: number; label: string; onPick?: (name: string) => void }

export default function Drawing({ option, height, label, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const chart = init(element, undefined, { renderer: 'svg' })
    const observer = new ResizeObserver(() => chart.resize())
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.dispose()
    }
  }, [])
  useEffect(() => {
    const chart = box.current && getInstanceByDom(box.current)
    if (!chart) return
    chart.setOption({ ...base(), ...withAxes(option), aria: { enabled: true, label: { description: label } } }, true)
    chart.off('click')
    if (onPick) chart.on('click', (event) => onPick(String(event.name)))
  }, [option, label, onPick])
  return <div ref={box} role="img" aria-label={label} style={{ height }} />
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

type Axis = { axisLabel?: object; axisLine?: object; splitLine?: object }

/** Axes in our lines and inks; what a chart says of its own axis comes first. */
function withAxes(option: ChartOption): ChartOption {
  const styled = (axis: Axis): Axis => ({
    ...axis,
    axisLabel: { color: token('--ink-2'), ...axis.axisLabel },
    axisLine: { lineStyle: { color: token('--line-strong') }, ...axis.axisLine },
    splitLine: { lineStyle: { color: token('--line') }, ...axis.splitLine },
  })
  const each = (axis: unknown) => (Array.isArray(axis) ? axis.map(styled) : axis && styled(axis as Axis))
  return { ...option, xAxis: each(option.xAxis), yAxis: each(option.yAxis) }
}

/** Colours come from the tokens, so that both themes are right. */
function base(): ChartOption {
  const reduced = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches
  return {
    color: ['--indigo', '--bamboo', '--ochre', '--cinnabar', '--ink-2'].map(token),
    textStyle: { fontFamily: token('--font'), color: token('--ink-2') },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis',
      backgroundColor: token('--surface'),
      borderColor: token('--line-strong'),
      textStyle: { color: token('--ink') },
    },
    animation: !reduced,
    animationDuration: 150,
  }
}
