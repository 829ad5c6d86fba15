import './charts.css'

export { Chart, type ChartTable } from './Chart'
export { HeatCalendar, type HeatDay } from './HeatCalendar'
export { Spark } from './Spark'
