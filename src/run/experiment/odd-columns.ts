import type { OpenedModel } from './open-model.node.ts'

/** Noise levels that rows are looked at, in units of σ_d: from the fine to the coarse. */
const levels = [0.1, 0.25, 0.5, 1] as const
/** A column is odd from so many times the usual pull on. */
const leastTimes = 3
/** At most so many columns are named. */
const mostNamed = 3

/** A column that the score pulls at more than is usual. */
export interface OddColumn {
  readonly column: string
  /** Pull at this column over that at the same column of training rows, root mean square; ∞ where it breaks a rule. */
  readonly times: number
}

/**
 * Mean square of the score at each column, in units of 1/σ², at each noise level: ‖σ s_σ(x)‖² over the column's coordinates,
 * s_σ(x) = (D(x; σ) − x)/σ². [n · levels, columns], row by row.
 *
 * At level σ the score says how the row would have to move to become likelier, were it known to ±σ only: its component in a
 * column is what the other columns and the marginal say against this value. A model of one level gives the same score at each.
 */
export async function pulls(
  opened: OpenedModel,
  x: Float32Array,
  signal?: AbortSignal | undefined,
): Promise<Float64Array> {
  const { fitted } = opened
  const ranges = columnRanges(opened)
  const d = fitted.dimension
  const count = x.length / d
  const found = new Float64Array(count * levels.length * ranges.length)
  for (const [l, level] of levels.entries()) {
    const sigma = level * fitted.range.sigmaData
    const score = await fitted.score(x, { sigma, signal })
    for (let row = 0; row < count; row++)
      ranges.forEach(({ offset, width }, c) => {
        let sum = 0
        for (let k = offset; k < offset + width; k++) sum += (sigma * score[row * d + k]!) ** 2
        found[(row * levels.length + l) * ranges.length + c] = sum / width
      })
  }
  return found
}

/** The mean of `pulls` over rows, [levels, columns]: what is usual. */
export function usualPulls(found: Float64Array, columns: number): Float64Array {
  const size = levels.length * columns
  const count = found.length / size
  const mean = new Float64Array(size)
  for (let i = 0; i < found.length; i++) mean[i % size]! += found[i]! / count
  return mean
}

/** The columns that make each row odd, the oddest first; none where all is as usual. */
export function oddColumns(
  found: Float64Array,
  usual: Float64Array,
  names: readonly string[],
): OddColumn[][] {
  const size = levels.length * names.length
  return Array.from({ length: found.length / size }, (_, row) =>
    names
      .map((column, c) => {
        let mean = 0
        for (let l = 0; l < levels.length; l++) {
          const at = l * names.length + c
          mean += found[row * size + at]! / (usual[at]! + 1e-12) / levels.length
        }
        return { column, times: Math.sqrt(mean) }
      })
      .filter(({ times }) => times >= leastTimes)
      .sort((a, b) => b.times - a.times)
      .slice(0, mostNamed),
  )
}

/** Names of the modelled columns, in the order of `pulls`. */
export function pulledColumns(opened: OpenedModel): string[] {
  return columnRanges(opened).map(({ name }) => name)
}

function columnRanges({ encoding }: OpenedModel): { name: string; offset: number; width: number }[] {
  return encoding.columns.flatMap(({ name }) => {
    const range = encoding.columnRange(name)
    return range ? [{ name, ...range }] : []
  })
}
