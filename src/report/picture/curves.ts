import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import { type Axis, axisOf, linearAxis } from './axis.ts'
import { frameOf, type Interval, isInside, spreadRows } from './numbers.ts'
import { axisNames, type PictureOptions, panelElement } from './panel.ts'
import { type LegendEntry, pictureText } from './picture.ts'
import { countText } from './text.ts'
import { theme } from './theme.ts'

/** One line of `curves`. */
export interface Curve {
  /** Curves of one name share a colour and one legend entry: a noisy curve and its smoothed twin. */
  name: string
  x: ArrayLike<number>
  /** As long as x; a value that is not finite breaks the line. */
  y: ArrayLike<number>
  /** Thin and pale, beneath the others: raw values. */
  faint?: boolean
  /** A dot at each value, as befits few of them: held-out losses. */
  dots?: boolean
}

/** What `curves` draws. */
export interface CurvesOptions extends PictureOptions {
  series: readonly Curve[]
  xLabel: string
  yLabel: string
  logX?: boolean
  logY?: boolean
  /** Places along x that a line across the panel marks. */
  marked?: readonly MarkedPlace[]
}

/** A place along x that is worth a look. */
export interface MarkedPlace {
  x: number
  /** Stands beside the line: a few words. */
  text: string
  /** Stands below the picture. */
  sentence?: string
}

/** Points drawn of one curve, at most. */
export const curvePoints = 2000

const width = 560
const height = 280
const left = 76

/**
 * Curves over a common axis, such as the losses of a training run.
 * A logarithmic axis leaves out values that are not positive, and the caption says how many.
 * Throws `picture/shape` when an x and its y differ in length, `picture/no-document`.
 */
export function curves(options: CurvesOptions): string {
  const { series, logX = false, logY = false, marked = [] } = options
  for (const curve of series) checkLengths(curve)
  const [positions, values] = [series.map((curve) => curve.x), series.map((curve) => curve.y)]
  const x = axisOf(positions, logX)
  // Only a linear axis suffers from strays: a logarithm tames them.
  const y = logY ? axisOf(values, true) : linearAxis(frameOf(...values))
  const names = [...new Set(series.map(({ name }) => name))]
  const colourOf = (name: string): string => theme.series[names.indexOf(name) % theme.series.length]!
  // Faint curves first, so that what matters lies on top.
  const ordered = [...series.filter(({ faint }) => faint), ...series.filter(({ faint }) => !faint)]
  const marks = [
    ...ordered.flatMap((curve) => curveMarks(curve, x, y, colourOf(curve.name))),
    ...placeMarks(marked, x),
  ]
  const legend = names.map((name): LegendEntry => {
    const dotted = series.some((curve) => curve.name === name && curve.dots)
    return { text: name, colour: colourOf(name), symbol: dotted ? 'dotted-line' : 'line' }
  })
  return pictureText({
    title: options.title,
    width: left + width + 24,
    legend,
    body: (top) => ({
      elements: [
        panelElement({ left, top, width, height, x, y, marks }, options.document),
        ...axisNames(options.xLabel, options.yLabel, { left, top, width, height }),
      ],
      height: height + 40,
    }),
    caption: [...marked.map(({ sentence = '' }) => sentence), ...sentences(series, x, y)],
  })
}

function checkLengths({ name, x, y }: Curve): void {
  if (x.length === y.length) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/shape',
    message: `${x.length} positions and ${y.length} values do not make a curve`,
    where: name,
  })
}

function isDrawn(value: number, axis: Interval): boolean {
  return Number.isFinite(value) && isInside(value, axis)
}

function curveMarks(curve: Curve, x: Axis, y: Axis, colour: string): Plot.Markish[] {
  const points = spreadRows(curve.x.length, curvePoints).map((index) => {
    const [px, py] = [curve.x[index]!, curve.y[index]!]
    const drawn = isDrawn(px, x) && isDrawn(py, y)
    return { x: drawn ? px : Number.NaN, y: drawn ? py : Number.NaN } // NaN breaks a line
  })
  const style = curve.faint ? { strokeWidth: 0.9, strokeOpacity: 0.28 } : { strokeWidth: 2 }
  const line = Plot.line(points, { x: 'x', y: 'y', stroke: colour, strokeLinejoin: 'round', ...style })
  if (!curve.dots) return [line]
  return [
    line,
    Plot.dot(points, { x: 'x', y: 'y', r: 3, fill: colour, stroke: theme.background, strokeWidth: 0.8 }),
  ]
}

function placeMarks(marked: readonly MarkedPlace[], x: Axis): Plot.Markish[] {
  const shown = marked.filter((place) => isDrawn(place.x, x))
  const isRight = (place: MarkedPlace): boolean => shareOf(place.x, x) > 0.6
  const text = (places: readonly MarkedPlace[], anchor: 'start' | 'end'): Plot.Markish =>
    Plot.text(places, {
      x: 'x',
      text: 'text',
      frameAnchor: 'top',
      textAnchor: anchor,
      dx: anchor === 'start' ? 5 : -5,
      dy: 6,
      fill: theme.ink,
      stroke: theme.background,
      strokeWidth: 4,
      fontSize: theme.labelSize,
    })
  return [
    Plot.ruleX(shown, { x: 'x', stroke: theme.ink, strokeDasharray: '4 3' }),
    text(
      shown.filter((place) => !isRight(place)),
      'start',
    ),
    text(shown.filter(isRight), 'end'),
  ]
}

/** How far along the axis a value lies, 0 to 1. */
function shareOf(value: number, { type, low, high }: Axis): number {
  return type === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)
}

function sentences(series: readonly Curve[], x: Axis, y: Axis): string[] {
  const subsampled = series.filter((curve) => curve.x.length > curvePoints)
  const longest = Math.max(0, ...subsampled.map((curve) => curve.x.length))
  let [missing, unfit, outside] = [0, 0, 0]
  for (const curve of series) {
    for (let index = 0; index < curve.x.length; index++) {
      const [px, py] = [curve.x[index]!, curve.y[index]!]
      if (!Number.isFinite(px) || !Number.isFinite(py)) missing++
      else if ((x.type === 'log' && px <= 0) || (y.type === 'log' && py <= 0)) unfit++
      else if (!isInside(px, x) || !isInside(py, y)) outside++
    }
  }
  return [
    subsampled.length === 0
      ? ''
      : `Curves are drawn through ${countText(curvePoints)} of up to ${countText(longest)} values.`,
    outside === 0 ? '' : `Outside the frame: ${countText(outside)} values.`,
    unfit === 0 ? '' : `Not positive, so not on a logarithmic axis: ${countText(unfit)} values.`,
    missing === 0 ? '' : `Not finite: ${countText(missing)} values.`,
  ]
}
