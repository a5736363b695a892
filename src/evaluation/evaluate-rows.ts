import { ScorefieldError } from '../base/index.ts'
import type { Better, Measured, Metric, Pair } from './metric.ts'
import { rowMetrics } from './metrics.ts'
import { type Rows, rowsOf, scaled, scalingOf, strided } from './rows.ts'
import { confidence, type Estimate } from './statistics/estimate.ts'
import { leastRows } from './statistics/jackknife.ts'

/** One figure of generated rows, with what real rows reach in their place. */
export interface Figure extends Estimate {
  /** The metric's name, and the column's after a colon where it is of one column: 'wasserstein: age'. Unique. */
  readonly name: string
  readonly metric: string
  readonly column?: string
  /** The same figure of real rows in place of the generated ones: what a perfect generator would get. */
  readonly floor: Estimate
  readonly better: Better
  /** Rows on each side of the comparison. */
  readonly rows: number
}

/** All figures of an evaluation, as plain data that JSON carries unchanged. */
export interface Evaluation {
  readonly seed: number
  readonly columns: readonly string[]
  /** How many rows were given. */
  readonly rows: { readonly real: number; readonly heldOut: number; readonly synthetic: number }
  /** Nominal coverage of all intervals. */
  readonly confidence: number
  readonly figures: readonly Figure[]
}

/**
 * Measures generated rows: every figure against real rows that were held out, and beside it its floor, the same figure of
 * as many other real rows in the place of the generated ones.
 *
 * Columns are brought to mean 0 and standard deviation 1 by the real rows, so distances are in standard deviations. Of each
 * side min(n, the metric's mostRows) rows are compared, n the smallest of the three counts, evenly spread over those given.
 * A figure at its floor is as good as so many rows can tell. A generator that repeats the real rows gets the floor, too: none
 * of these figures sees copying.
 *
 * real: rows that the generator was trained on; heldOut: rows that it was not; synthetic: rows that it made; each [·, d], d =
 * columns.length, at least 40 rows. Throws `evaluation/shape`, `evaluation/not-finite`, `evaluation/too-few-rows`.
 */
export function evaluateRows(options: {
  readonly real: Float32Array | Float64Array
  readonly heldOut: Float32Array | Float64Array
  readonly synthetic: Float32Array | Float64Array
  readonly columns: readonly string[]
  readonly seed: number
  /** Which metrics; those of rows of numbers unless given. */
  readonly metrics?: readonly Metric[]
  /** `none`: columns are compared as they are. */
  readonly scaling?: 'by-real-rows' | 'none'
}): Evaluation {
  const { columns, seed, metrics = rowMetrics, scaling: chosen = 'by-real-rows' } = options
  const checked = (values: Float32Array | Float64Array, what: string): Rows =>
    rowsOf({ values, dimension: columns.length, what })
  const given = {
    real: checked(options.real, 'real rows'),
    heldOut: checked(options.heldOut, 'held-out rows'),
    synthetic: checked(options.synthetic, 'synthetic rows'),
  }
  requireEnough(given)
  const dimension = columns.length
  const scaling =
    chosen === 'none'
      ? { mean: new Float64Array(dimension), std: new Float64Array(dimension).fill(1) }
      : scalingOf(given.real)
  const real = scaled(given.real, scaling)
  const heldOut = scaled(given.heldOut, scaling)
  const synthetic = scaled(given.synthetic, scaling)
  const available = Math.min(real.count, heldOut.count, synthetic.count)

  /** Metrics that take equally many rows share a pair, and what they remember of it. */
  const pairs = new Map<number, { readonly judged: Pair; readonly floor: Pair }>()
  const pairsOf = (rows: number): { readonly judged: Pair; readonly floor: Pair } => {
    const known = pairs.get(rows)
    if (known) return known
    const reference = strided(heldOut, rows)
    const made = {
      judged: { reference, candidate: strided(synthetic, rows), columns, seed },
      floor: { reference, candidate: strided(real, rows), columns, seed },
    }
    pairs.set(rows, made)
    return made
  }
  const figures = metrics.flatMap((metric) => {
    const rows = Math.min(available, metric.mostRows)
    const { judged, floor } = pairsOf(rows)
    const floors = metric.measure(floor)
    return metric
      .measure(judged)
      .map((measured, k) => figureOf({ metric, measured, floor: floors[k]!, rows }))
  })
  return {
    seed,
    columns,
    rows: { real: real.count, heldOut: heldOut.count, synthetic: synthetic.count },
    confidence,
    figures,
  }
}

function figureOf(given: { metric: Metric; measured: Measured; floor: Measured; rows: number }): Figure {
  const { metric, measured, floor, rows } = given
  const { column, value, low, high } = measured
  return {
    name: column === undefined ? metric.name : `${metric.name}: ${column}`,
    metric: metric.name,
    ...(column !== undefined && { column }),
    value,
    low,
    high,
    floor: { value: floor.value, low: floor.low, high: floor.high },
    better: metric.better,
    rows,
  }
}

function requireEnough(given: Readonly<Record<string, Rows>>): void {
  const few = Object.entries(given).filter(([, { count }]) => count < leastRows)
  if (few.length === 0) return
  const counts = few.map(([name, { count }]) => `${count} ${name}`)
  throw new ScorefieldError({
    kind: 'data',
    code: 'evaluation/too-few-rows',
    message: `Too few rows to compare: ${counts.join(', ')}; at least ${leastRows} of each are needed.`,
    hint: 'Hold out a larger share, or draw more rows.',
  })
}
