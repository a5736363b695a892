import { ScorefieldError } from '../engine/error.ts'

/** Points row by row: values [count, dimension], float64, all finite. */
export interface Rows {
  readonly values: Float64Array
  readonly count: number
  readonly dimension: number
}

/**
 * Rows of a flat array, checked. values: [n, dimension].
 * Throws `evaluation/shape` when the numbers are not whole rows, `evaluation/not-finite` when one is NaN or infinite.
 */
export function rowsOf(options: {
  readonly values: Float32Array | Float64Array
  readonly dimension: number
  /** What the rows are, for messages: 'synthetic rows'. */
  readonly what?: string
}): Rows {
  const { dimension, what = 'rows' } = options
  const values = options.values instanceof Float64Array ? options.values : Float64Array.from(options.values)
  if (!(Number.isSafeInteger(dimension) && dimension > 0) || values.length % dimension !== 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'evaluation/shape',
      message: `The ${values.length} numbers of the ${what} are not rows of ${dimension}.`,
      hint: 'Give them row by row, as [n, d], with d at least 1.',
    })
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new ScorefieldError({
      kind: 'data',
      code: 'evaluation/not-finite',
      message: `The ${what} hold ${values[bad]}.`,
      where: `row ${Math.floor(bad / dimension)}, column ${bad % dimension} (both counted from 0)`,
      hint: 'Figures need finite numbers: leave out rows with gaps, and look why a sampler diverged.',
    })
  return { values, count: values.length / dimension, dimension }
}

/** The rows of these indices, in this order. */
export function rowsAt(rows: Rows, indices: ArrayLike<number>): Rows {
  const { dimension } = rows
  const values = new Float64Array(indices.length * dimension)
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * dimension
    values.set(rows.values.subarray(from, from + dimension), i * dimension)
  }
  return { values, count: indices.length, dimension }
}

/** At most `most` of the rows, evenly spread: row ⌊i·count/most⌋ for i = 0 … most − 1. */
export function strided(rows: Rows, most: number): Rows {
  if (rows.count <= most) return rows
  return rowsAt(
    rows,
    Int32Array.from({ length: most }, (_, i) => Math.floor((i * rows.count) / most)),
  )
}

/** One column, [count]. */
export function columnOf(rows: Rows, column: number): Float64Array {
  const { values, count, dimension } = rows
  const taken = new Float64Array(count)
  for (let i = 0; i < count; i++) taken[i] = values[i * dimension + column]!
  return taken
}

/** Where each column lies and how wide it is. */
export interface Scaling {
  /** [d]. */
  readonly mean: Float64Array
  /** Standard deviation with divisor n, [d]; 1 for a column that does not vary. */
  readonly std: Float64Array
}

/** Mean and standard deviation of every column, by two passes. */
export function scalingOf(rows: Rows): Scaling {
  const { values, count, dimension } = rows
  const mean = new Float64Array(dimension)
  const std = new Float64Array(dimension)
  for (let k = 0; k < values.length; k++) mean[k % dimension]! += values[k]! / count
  for (let k = 0; k < values.length; k++)
    std[k % dimension]! += (values[k]! - mean[k % dimension]!) ** 2 / count
  for (let c = 0; c < dimension; c++) {
    // Below this share of its size, a spread is the rounding of the mean.
    const varies = Math.sqrt(std[c]!) > 1e-12 * Math.abs(mean[c]!)
    std[c] = varies ? Math.sqrt(std[c]!) : 1
  }
  return { mean, std }
}

/** (x − mean)/std, column by column. */
export function scaled(rows: Rows, { mean, std }: Scaling): Rows {
  const { dimension } = rows
  const values = rows.values.map((value, k) => (value - mean[k % dimension]!) / std[k % dimension]!)
  return { ...rows, values }
}
