import { z } from 'zod'
import { normalQuantile } from '../../../base/index.ts'
import { writeEach } from './codes.ts'
import { type ColumnEncoder, defineColumnEncoder, type FitOptions } from './column-encoder.ts'
import { cellularCdf, continuousCdf, type EmpiricalCdf, probabilityAt, quantileAt } from './empirical-cdf.ts'
import {
  type MonotoneSpline,
  splineDerivative,
  splineForward,
  splineInverse,
  splineThrough,
} from './rational-quadratic.ts'

type Parameters = { x: number[]; z: number[]; slope: number[] }

/** At most so many quantiles; with n values √n, so that each stands on √n of them. */
const mostQuantiles = 128

/** A cell of fewer rows is no spike. */
const leastHeavyRows = 8

/** In each tail knots at the 4th, 8th, 16th, … value from the end, until the regular quantiles begin. */
const firstTailCount = 4

/** Knots nearer to each other than this share of a cell would draw a slope from rounding errors. */
const leastShareOfCell = 0.05

/** Two float32 of size below 8 are at most 2⁻²¹ apart; with this slope a cell is eight of them wide. */
const leastRisePerCell = 2 ** -18

/** The least slope may add at most so much to the length of the encoded range. */
const mostAddedRange = 2

/**
 * The column's distribution function followed by the normal quantile, z = Φ⁻¹(F(v)), so that z is nearly standard normal.
 *
 * F is a smooth fit to the empirical distribution: a monotone rational quadratic spline in (v, z) through up to about 130
 * quantiles, with linear tails. Strictly increasing and once continuously differentiable; inverse and derivative are exact.
 * Ties are one knot, at their mid-rank; of a dequantised column the knots are also the edges of its cells, and no
 * cell is squeezed below what float32 can tell apart.
 */
export const quantileNormal: ColumnEncoder<'number'> = defineColumnEncoder<'number', Parameters>({
  name: 'quantile-normal',
  kind: 'number',
  summary: 'quantiles mapped to those of the standard normal, smoothly; for skewed and heavy-tailed columns',
  source: 'Gregory & Delbourgo 1982; Durkan et al. 2019',
  schema: z
    .strictObject({ x: z.array(z.number()), z: z.array(z.number()), slope: z.array(z.number().positive()) })
    .refine(isSpline, 'knots must increase and be equally many'),
  fit: (values, options) => {
    const spline = fitSpline(values, options)
    return { x: [...spline.x], z: [...spline.z], slope: [...spline.slope] }
  },
  width: () => 1,
  lookUp: (values) => values,
  write: (values, codes, spline) => writeEach(values, codes, (value) => splineForward(spline, value)),
  decode: (encoded, spline) => encoded.map((value) => splineInverse(spline, value)),
  logDerivative: (encoded, spline) => encoded.map((value) => Math.log(splineDerivative(spline, value))),
})

function isSpline({ x, z, slope }: Parameters): boolean {
  const increases = (knots: number[]): boolean => knots.every((knot, i) => i === 0 || knot > knots[i - 1]!)
  return x.length >= 2 && x.length === z.length && x.length === slope.length && increases(x) && increases(z)
}

function fitSpline(values: Float64Array, { resolution, dequantised }: FitOptions): MonotoneSpline {
  const cells = dequantised && resolution !== undefined
  const cdf = cells ? cellularCdf(values, resolution) : continuousCdf(values)
  const x = knotsOf(cdf, values.length, cells ? leastShareOfCell * resolution : 0)
  const range = x.at(-1)! - x[0]!
  const leastSlope =
    resolution === undefined ? 0 : Math.min(leastRisePerCell / resolution, mostAddedRange / range)
  const z = x.map((knot) => normalQuantile(probabilityAt(cdf, knot)))
  return splineThrough(x, riseAtLeast(x, z, leastSlope))
}

/**
 * The knots: both ends, the regular quantiles, the tails' quantiles and, if they are few, every edge of a cell.
 *
 * leastGap: how far apart two of them are at least; 0 for values that have no cells. Edges go before quantiles.
 */
function knotsOf(cdf: EmpiricalCdf, count: number, leastGap: number): number[] {
  const bins = Math.min(mostQuantiles, Math.max(2, Math.round(Math.sqrt(count))))
  const probabilities = Array.from({ length: bins - 1 }, (_, i) => (i + 1) / bins)
  for (let rank = firstTailCount; rank < count / bins; rank *= 2) {
    probabilities.push(rank / count, 1 - rank / count)
  }
  const allEdges = leastGap > 0 && cdf.x.length <= mostQuantiles
  const fixed = allEdges
    ? [...cdf.x]
    : [
        ...new Set([
          cdf.x[0]!,
          ...(leastGap > 0 ? heavyEdges(cdf, Math.max(leastHeavyRows / count, 1 / (8 * bins))) : []),
          cdf.x.at(-1)!,
        ]),
      ]
  const quantiles = probabilities.map((probability) => quantileAt(cdf, probability)).sort((a, b) => a - b)
  const knots: number[] = []
  let next = 0
  for (const x of quantiles) {
    while (next < fixed.length && fixed[next]! <= x) knots.push(fixed[next++]!)
    const isFree =
      isBeyond(x, knots.at(-1)!, leastGap) && (next === fixed.length || isBeyond(fixed[next]!, x, leastGap))
    if (isFree) knots.push(x)
  }
  return [...knots, ...fixed.slice(next)]
}

/** The edges of cells that hold more than the share `least` of all values: a spike must not leak into its surroundings. */
function heavyEdges({ x, probability }: EmpiricalCdf, least: number): number[] {
  return x.slice(1).flatMap((edge, i) => (probability[i + 1]! - probability[i]! > least ? [x[i]!, edge] : []))
}

/** Whether x is above `previous` by more than `leastGap` and than float64 can be trusted with. */
function isBeyond(x: number, previous: number, leastGap: number): boolean {
  const trusted = 1e-12 * Math.max(Math.abs(x), Math.abs(previous))
  return x - previous > Math.max(leastGap, trusted)
}

/** The heights z with every rise at least `leastSlope` times its run, growing outwards from the middle knot. */
function riseAtLeast(x: readonly number[], z: readonly number[], leastSlope: number): number[] {
  const rise = (i: number): number => Math.max(z[i + 1]! - z[i]!, leastSlope * (x[i + 1]! - x[i]!))
  const raised = [...z]
  const middle = z.length >> 1
  for (let i = middle; i + 1 < z.length; i++) raised[i + 1] = raised[i]! + rise(i)
  for (let i = middle - 1; i >= 0; i--) raised[i] = raised[i + 1]! - rise(i)
  return raised
}
