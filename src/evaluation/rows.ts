import { ScorefieldError } from '../base/index.ts'

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

/**
 * Mean and standard deviation of every column. Both are taken of (x − low)/(high − low), so that neither where a column lies nor
 * how wide it is changes them by more than rounding, in all of float64; a column varies where high > low, however little.
 */
export function scalingOf(rows: Rows): Scaling {
  const { values, count, dimension } = rows
  const mean = new Float64Array(dimension)
  const std = new Float64Array(dimension).fill(1)
  for (let c = 0; c < dimension; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let k = c; k < values.length; k += dimension) {
      if (values[k]! < low) low = values[k]!
      if (values[k]! > high) high = values[k]!
    }
    // Halves: the whole width of float64 is infinite.
    const half = high / 2 - low / 2
    if (!(half > 0)) {
      if (count > 0) mean[c] = low
      continue
    }
    const place = (value: number): number => (value / 2 - low / 2) / half
    let centre = 0
    for (let k = c; k < values.length; k += dimension) centre += place(values[k]!) / count
    let variance = 0
    for (let k = c; k < values.length; k += dimension) variance += (place(values[k]!) - centre) ** 2 / count
    mean[c] = low + centre * half + centre * half
    std[c] = 2 * Math.sqrt(variance) * half
  }
  return { mean, std }
}

/** (x − mean)/std, column by column. */
export function scaled(rows: Rows, { mean, std }: Scaling): Rows {
  const { dimension } = rows
  const values = rows.values.map((value, k) => {
    const c = k % dimension
    return (value / 2 - mean[c]! / 2) / (std[c]! / 2)
  })
  return { ...rows, values }
}
