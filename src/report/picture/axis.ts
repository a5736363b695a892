import { extentOf, type Interval } from './numbers.ts'
import { textWidth } from './text.ts'
import { theme } from './theme.ts'

/** One axis of a panel: what it shows, and where its ticks are. */
export interface Axis extends Interval {
  type: 'linear' | 'log'
  ticks: readonly number[]
  tickText: (value: number) => string
  /** Whether the ticks carry numbers. Default: true. */
  labelled?: boolean
}

/**
 * A linear axis with about `count` ticks at 1, 2 or 5 times a power of ten.
 */
export function linearAxis(frame: Interval, count = 5): Axis {
  const span = frame.high - frame.low
  const step = niceStep(span / count)
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const ticks: number[] = []
  for (let index = Math.ceil(frame.low / step); ; index++) {
    const tick = step >= 1 ? index * step : index / Math.round(1 / step)
    if (tick > frame.high) break
    ticks.push(tick + 0) // + 0: never "-0"
  }
  const extreme = Math.max(Math.abs(frame.low), Math.abs(frame.high))
  const tickText =
    extreme >= 1e5 || decimals > 4
      ? (value: number) => scientific(value)
      : (value: number) => grouped(value.toFixed(decimals), extreme)
  return { ...frame, type: 'linear', ticks, tickText }
}

/** Of 1, 2, 5 and 10 times a power of ten the step nearest to a rough one, by ratio: the limits are geometric means. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = rough / power
  if (factor < Math.sqrt(2)) return power
  if (factor < Math.sqrt(10)) return 2 * power
  return factor < Math.sqrt(50) ? 5 * power : 10 * power
}

/** What is known of the room for an axis's numbers. */
export interface AxisRoom {
  /** Pixels of the axis. */
  length: number
  /** Pixels that a number may reach beyond an end. */
  overhang: number
  /** Numbers of ticks to try, best first. Default: 5, then fewer. */
  counts?: readonly number[]
}

/** A horizontal linear axis whose numbers do not touch, nor reach out too far; at least two of them, if possible. */
export function fittedAxis(frame: Interval, room: AxisRoom): Axis {
  return fitted((count) => linearAxis(frame, count), room)
}

/** Of the axes that `axisOf` makes of numbers of ticks the first whose texts do not touch, nor reach out too far. */
export function fitted(axisOf: (count: number) => Axis, room: AxisRoom): Axis {
  const { counts = [5, 4, 3, 2, 1.5, 1] } = room
  const choices = counts.map((count) => withinEnds(axisOf(count), room))
  const apart = choices.filter((axis) => numbersApart(axis, room.length))
  return apart.find(({ ticks }) => ticks.length >= 2) ?? apart[0] ?? { ...choices[0]!, ticks: [] }
}

function withinEnds(axis: Axis, { length, overhang }: AxisRoom): Axis {
  const ticks = axis.ticks.filter((tick) => {
    const middle = (length * (tick - axis.low)) / (axis.high - axis.low)
    const half = textWidth(axis.tickText(tick), theme.tickSize) / 2
    return middle - half >= -overhang && middle + half <= length + overhang
  })
  return { ...axis, ticks }
}

function numbersApart(axis: Axis, length: number): boolean {
  const widest = Math.max(0, ...axis.ticks.map((tick) => textWidth(axis.tickText(tick), theme.tickSize)))
  const [first, second] = axis.ticks
  if (first === undefined || second === undefined) return true
  return (length * (second - first)) / (axis.high - axis.low) >= widest + 6
}

/**
 * A logarithmic axis for 0 < low < high: ticks at powers of ten, and at 2 and 5 times them where fewer than three
 * powers would be in sight.
 */
export function logAxis(frame: Interval): Axis {
  const [first, last] = [Math.floor(Math.log10(frame.low)), Math.ceil(Math.log10(frame.high))]
  const stride = Math.max(1, Math.ceil((last - first) / 8))
  const inside = (factors: readonly number[]): number[] => {
    const ticks: number[] = []
    for (let exponent = first; exponent <= last; exponent++) {
      if (exponent % stride !== 0) continue
      for (const factor of factors) {
        const tick = exponent < 0 ? factor / 10 ** -exponent : factor * 10 ** exponent
        if (tick >= frame.low && tick <= frame.high) ticks.push(tick)
      }
    }
    return ticks
  }
  const choices = [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]].map(inside)
  const ticks = choices.find((choice) => choice.length >= 3)
  // Less than a third of a decade: a logarithm is nearly a line there, and so are good ticks.
  if (ticks === undefined) return { ...linearAxis(frame), type: 'log' }
  const plain = ticks.every((tick) => tick >= 1e-3 && tick < 1e5)
  return { ...frame, type: 'log', ticks, tickText: plain ? (value) => grouped(String(value)) : scientific }
}

/** An axis that shows every value of the columns that it can show: a logarithmic one, the positive. */
export function axisOf(columns: ReadonlyArray<ArrayLike<number>>, logarithmic: boolean): Axis {
  if (!logarithmic) return linearAxis(extentOf(...columns))
  const exponents = extentOf(
    ...columns.map((column) => Float64Array.from(column, (value) => Math.log10(value))),
  )
  return logAxis({ low: 10 ** exponents.low, high: 10 ** exponents.high })
}

/**
 * Thousands separated, and a true minus sign, which is as wide as a digit. largest: of the axis; where all numbers have four
 * digits at most they are not separated, as those of years must not be.
 */
function grouped(text: string, largest = Number.POSITIVE_INFINITY): string {
  const [whole = '', fraction] = text.split('.')
  const separated = largest < 1e4 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (fraction === undefined ? separated : `${separated}.${fraction}`).replace('-', '−')
}

/** 2·10⁻³ for 0.002; 10⁵ for 100000. */
function scientific(value: number): string {
  if (value === 0) return '0'
  const [mantissa = '', exponent = ''] = Number(value.toPrecision(4)).toExponential().split('e')
  const power = `10${[...String(Number(exponent))].map((digit) => superscript[digit]).join('')}`
  if (mantissa === '1') return power
  return mantissa === '-1' ? `−${power}` : `${mantissa.replace('-', '−')}·${power}`
}

const superscript: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
}
