import type { Calendar } from '../../data/index.ts'
import { type Axis, type AxisRoom, fitted } from './axis.ts'
import type { Interval } from './numbers.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Distances of ticks below a month, in seconds. */
const shortSteps = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 2, 4, 7, 14].map((days) => days * day),
]
/** Distances of ticks from a month on, in months. */
const longSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000]

/** An axis of days or times with about `count` ticks where people expect them: at whole hours, months, years. */
export function timeAxis(frame: Interval, { unit }: Calendar, count = 4): Axis {
  const scale = unit === 'date' ? day : 1
  const [low, high] = [frame.low * scale, frame.high * scale]
  // Steps up to half as dense again will do: the next one may be 2.5 times as long.
  const rough = (0.7 * (high - low)) / count
  const short = shortSteps.find((step) => step >= rough)
  const marks =
    short !== undefined || unit === 'time'
      ? evenTicks(low, high, short ?? 6 * hour)
      : monthTicks(low, high, rough)
  return {
    ...frame,
    type: 'linear',
    // A day has no ticks within it where only days are known.
    ticks: marks
      .map((seconds) => seconds / scale)
      .filter((tick) => unit !== 'date' || Number.isInteger(tick)),
    tickText: (value) => tickText(value * scale, unit, short ?? rough),
  }
}

/** The same with ticks whose texts do not touch, nor reach out too far. */
export function fittedTimeAxis(frame: Interval, calendar: Calendar, room: AxisRoom): Axis {
  return fitted((count) => timeAxis(frame, calendar, count), room)
}

function evenTicks(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step)
  return Array.from(
    { length: Math.max(0, Math.floor(high / step) - first + 1) },
    (_, i) => (first + i) * step,
  )
}

function monthTicks(low: number, high: number, rough: number): number[] {
  const months = longSteps.find((step) => step * 30.44 * day >= rough) ?? longSteps.at(-1)!
  const start = new Date(low * 1000)
  const ticks: number[] = []
  const first = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months)
  for (let index = first; ; index++) {
    const at = Date.UTC(0, 0, 1) // Years below 100 would count from 1900.
    const date = new Date(at)
    date.setUTCFullYear(Math.floor((index * months) / 12), (index * months) % 12, 1)
    const seconds = date.getTime() / 1000
    if (seconds > high || !Number.isFinite(seconds)) return ticks
    if (seconds >= low) ticks.push(seconds)
  }
}

function tickText(seconds: number, unit: Calendar['unit'], step: number): string {
  const text = new Date(seconds * 1000).toISOString()
  if (unit === 'time') return text.slice(11, step < minute ? 19 : 16)
  if (step < minute) return text.slice(11, 19)
  if (step < day) return text.slice(11, 16) === '00:00' ? text.slice(5, 10) : text.slice(11, 16)
  if (step <= 14 * day) return text.slice(0, 10)
  return text.slice(5, 7) === '01' ? text.slice(0, 4) : text.slice(0, 7)
}
