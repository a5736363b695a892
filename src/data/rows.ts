import { RandomStream, ScorefieldError } from '../base/index.ts'

/**
 * Where training examples come from: an endless sequence of encoded rows.
 *
 * Example n is a function of the source and n only, so a run can stop anywhere and go on, and batches of any size see
 * the same sequence.
 */
export interface RowSource {
  /** d, the width of a row. */
  readonly dimension: number
  /** c, the width of a row's condition; 0 for none. */
  readonly conditionWidth: number
  /** Distinct rows; Infinity where fresh ones are drawn. */
  readonly rowCount: number
  /** Fetches what these examples need; to be awaited before `fill`. Absent where all is at hand. */
  readonly ready?: (range: { readonly first: number; readonly count: number }) => Promise<void>
  /** Writes examples first … first + count − 1 into `rows` [count, d] and, where there are any, `conditions` [count, c]. */
  readonly fill: (range: {
    readonly first: number
    readonly count: number
    readonly rows: Float32Array
    readonly conditions: Float32Array
  }) => void
}

/** Which of `rowCount` rows example n is: every row once an epoch, in an order drawn anew for each from the seed. */
export function epochOrder(options: {
  readonly rowCount: number
  readonly seed: number
}): (example: number) => number {
  const { rowCount, seed } = options
  const order = new RandomStream({ seed, name: 'epoch order' })
  let epoch = -1
  let permutation: Uint32Array = new Uint32Array()
  return (example) => {
    const wanted = Math.floor(example / rowCount)
    if (wanted !== epoch) {
      permutation = order.permutation({ index: wanted, size: rowCount })
      epoch = wanted
    }
    return permutation[example % rowCount]!
  }
}

/**
 * Examples from a fixed set of rows: every row once an epoch, in an order drawn anew for each epoch from the seed.
 *
 * `encode` writes row `row` for example `example` into the slice given: it may draw fresh dequantisation noise.
 */
export function shuffledRows(options: {
  readonly dimension: number
  readonly conditionWidth?: number
  readonly rowCount: number
  readonly seed: number
  readonly encode: (row: number, example: number, into: Float32Array, condition: Float32Array) => void
}): RowSource {
  const { dimension, conditionWidth = 0, rowCount, encode } = options
  const rowOf = epochOrder(options)
  return {
    dimension,
    conditionWidth,
    rowCount,
    fill: ({ first, count, rows, conditions }) => {
      for (let i = 0; i < count; i++) {
        const example = first + i
        encode(
          rowOf(example),
          example,
          rows.subarray(i * dimension, (i + 1) * dimension),
          conditions.subarray(i * conditionWidth, (i + 1) * conditionWidth),
        )
      }
    },
  }
}

/** Examples from rows already encoded, [n, d], n ≥ 1. @throws ScorefieldError `data/rows`. */
export function fixedRows(options: { rows: Float32Array; dimension: number; seed: number }): RowSource {
  const { rows, dimension, seed } = options
  return shuffledRows({
    dimension,
    rowCount: rowsIn(rows, dimension),
    seed,
    encode: (row, _example, into) => into.set(rows.subarray(row * dimension, (row + 1) * dimension)),
  })
}

/** Fresh examples of a distribution that can be sampled: example n is its n-th sample. */
export function freshRows(options: {
  readonly dimension: number
  readonly sample: (range: { first: number; count: number }) => ArrayLike<number>
}): RowSource {
  return {
    dimension: options.dimension,
    conditionWidth: 0,
    rowCount: Number.POSITIVE_INFINITY,
    fill: ({ first, count, rows }) => rows.set(options.sample({ first, count })),
  }
}

/** The rows given, [n, d], n ≥ 1, one after the other, again and again. @throws ScorefieldError `data/rows`. */
export function fixedOrder(options: {
  readonly rows: Float32Array
  readonly conditions: Float32Array
  readonly dimension: number
  readonly conditionWidth: number
}): RowSource {
  const { dimension, conditionWidth } = options
  const rowCount = rowsIn(options.rows, dimension)
  const copyRow = (from: Float32Array, row: number, width: number, to: Float32Array, at: number): void =>
    to.set(from.subarray(row * width, (row + 1) * width), at * width)
  return {
    dimension,
    conditionWidth,
    rowCount,
    fill: ({ first, count, rows, conditions }) => {
      for (let i = 0; i < count; i++) {
        copyRow(options.rows, (first + i) % rowCount, dimension, rows, i)
        copyRow(options.conditions, (first + i) % rowCount, conditionWidth, conditions, i)
      }
    },
  }
}

/** n of rows [n, d]. */
function rowsIn(rows: Float32Array, dimension: number): number {
  const count = rows.length / dimension
  if (count >= 1 && Number.isInteger(count)) return count
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/rows',
    message: `${rows.length} numbers are not rows of ${dimension} columns, of which there must be at least one.`,
    hint: 'Give the rows one after the other, as [n, d].',
  })
}
