import * as Plot from '@observablehq/plot'
import { ScorefieldError } from '../../base/index.ts'
import type { Interval } from './numbers.ts'
import { theme } from './theme.ts'

/** A model's density and score on an evenly spaced grid of the plane; at least one of the two is given. */
export interface PlaneField {
  /** Ascending, evenly spaced, [columns]. */
  xs: ArrayLike<number>
  /** Ascending, evenly spaced, [rows]. */
  ys: ArrayLike<number>
  /** Log-density up to a constant, in nats, [rows, columns]. */
  logDensity?: ArrayLike<number>
  /** Gradient of the log-density in data units, [rows, columns, 2]. */
  score?: ArrayLike<number>
}

/** What the grid covers: its cells, so half a step more than its points on each side. */
export function fieldFrame(field: PlaneField): { x: Interval; y: Interval } {
  const cells = field.xs.length * field.ys.length
  if (field.logDensity === undefined && field.score === undefined) {
    throw shapeError('a field needs logDensity, score or both')
  }
  if (field.logDensity !== undefined && field.logDensity.length !== cells) {
    throw shapeError(`logDensity has ${field.logDensity.length} numbers for ${cells} grid points`)
  }
  if (field.score !== undefined && field.score.length !== 2 * cells) {
    throw shapeError(`score has ${field.score.length} numbers for ${cells} grid points of 2`)
  }
  return { x: extent(field.xs, 'xs'), y: extent(field.ys, 'ys') }
}

/** What the colours and arrows of a field mean. */
export function fieldSentences(field: PlaneField): string[] {
  return [
    field.logDensity === undefined ? '' : 'Shade: density relative to its maximum, darker where denser.',
    field.score === undefined
      ? ''
      : 'Arrows: the score; their length follows its norm, up to the ninth decile.',
  ]
}

function shapeError(message: string): ScorefieldError {
  return new ScorefieldError({ kind: 'usage', code: 'picture/shape', message, where: 'field' })
}

function extent(positions: ArrayLike<number>, name: string): Interval {
  const count = positions.length
  const [first, last] = [positions[0]!, positions[count - 1]!]
  const step = (last - first) / (count - 1)
  const even = Array.from(positions).every(
    (position, index) => Math.abs(position - first - index * step) <= 1e-4 * step,
  )
  if (count >= 2 && step > 0 && even) return { low: first - step / 2, high: last + step / 2 }
  throw new ScorefieldError({
    kind: 'usage',
    code: 'picture/uneven-grid',
    message: `${name} must be at least two ascending, evenly spaced numbers`,
    where: 'field',
  })
}

// Closest where a density is low, as the colours are: a faint bridge between two modes is what one looks for.
const levels = Array.from({ length: 24 }, (_, index) => ((index + 0.5) / 24) ** 2)

/** The density relative to its largest value on the grid, as filled level sets. */
export function densityMark(field: PlaneField): Plot.Markish {
  const values = Array.from(field.logDensity ?? [])
  const largest = values.reduce((most, value) => Math.max(value, most), Number.NEGATIVE_INFINITY)
  const relative = values.map((value) => (value > Number.NEGATIVE_INFINITY ? Math.exp(value - largest) : 0))
  return gridMark(field, relative, levels)
}

/** A function on the grid, [rows, columns], as filled level sets: what lies above each threshold. */
export function gridMark(
  field: Pick<PlaneField, 'xs' | 'ys'>,
  values: readonly number[],
  thresholds: readonly number[],
): Plot.Markish {
  const [x, y] = [extent(field.xs, 'xs'), extent(field.ys, 'ys')]
  return Plot.contour(values, {
    width: field.xs.length,
    height: field.ys.length,
    x: null, // the grid lies densely between the bounds: nothing to interpolate
    y: null,
    x1: x.low,
    x2: x.high,
    y1: y.low,
    y2: y.high,
    value: Plot.identity,
    fill: 'value',
    stroke: 'none',
    thresholds: [...thresholds],
  })
}

/** The scale that turns a relative density in [0, 1] into a colour. */
export const densityColour: Plot.ScaleOptions = {
  type: 'linear',
  domain: theme.density.map((_, index) => (index / (theme.density.length - 1)) ** 2),
  range: [...theme.density],
}

// Arrows along one axis, at most.
const arrowsAcross = 18

/** Arrows along the score, in directions as seen on the panel and lengths proportional to its norm. */
export function scoreMark(
  field: PlaneField,
  frame: { x: Interval; y: Interval },
  width: number,
  height: number,
): Plot.Markish {
  const score = field.score ?? []
  const columns = spread(field.xs.length)
  const rows = spread(field.ys.length)
  const arrows = rows
    .flatMap((row) => columns.map((column) => arrowAt(field, score, row, column)))
    .filter(({ norm }) => norm > 0 && Number.isFinite(norm))
  const norms = arrows.map(({ norm }) => norm).sort((a, b) => a - b)
  const longest = norms[Math.floor(0.9 * (norms.length - 1))] ?? 1
  const spacing = Math.min(width / columns.length, height / rows.length)
  const xScale = width / (frame.x.high - frame.x.low)
  const yScale = height / (frame.y.high - frame.y.low)
  return Plot.vector(arrows, {
    x: 'x',
    y: 'y',
    length: ({ norm }: Arrow) => 0.95 * spacing * Math.min(1, norm / longest),
    rotate: ({ dx, dy }: Arrow) => 90 - (Math.atan2(dy * yScale, dx * xScale) * 180) / Math.PI,
    anchor: 'middle',
    r: 2,
    stroke: theme.ink,
    strokeWidth: 0.9,
    strokeOpacity: 0.85,
  })
}

interface Arrow {
  x: number
  y: number
  dx: number
  dy: number
  norm: number
}

function arrowAt(field: PlaneField, score: ArrayLike<number>, row: number, column: number): Arrow {
  const at = 2 * (row * field.xs.length + column)
  const [dx, dy] = [score[at]!, score[at + 1]!]
  return { x: field.xs[column]!, y: field.ys[row]!, dx, dy, norm: Math.hypot(dx, dy) }
}

/** At most `arrowsAcross` of `count` grid lines, a whole number of steps apart and centred; of many lines none at the frame. */
function spread(count: number): number[] {
  if (count > arrowsAcross + 2) return inner(count - 2).map((line) => line + 1)
  return inner(count)
}

function inner(count: number): number[] {
  const stride = Math.ceil(count / arrowsAcross)
  const shown = Math.floor((count - 1) / stride) + 1
  const first = Math.floor((count - 1 - (shown - 1) * stride) / 2)
  return Array.from({ length: shown }, (_, index) => first + index * stride)
}
