import { scaled, scalingOf } from '../rows.ts'
import { groupCount } from '../statistics/jackknife.ts'

const sumsPerGroup = 6

/**
 * Pearson's correlation of the rows that have both values, without each group of rows and then of all: [groupCount + 1];
 * NaN where a column does not vary.
 */
export function correlationsWithAndWithout(
  a: Float64Array,
  b: Float64Array,
  groups: Uint8Array,
): Float64Array {
  const [first, second] = [standardised(a, b), standardised(b, a)]
  // n, Σx, Σy, Σx², Σy², Σxy of each group, and of all.
  const sums = new Float64Array((groupCount + 1) * sumsPerGroup)
  for (let row = 0; row < a.length; row++) {
    const [x, y] = [first[row]!, second[row]!]
    if (Number.isNaN(x) || Number.isNaN(y)) continue
    const at = groups[row]! * sumsPerGroup
    sums[at]! += 1
    sums[at + 1]! += x
    sums[at + 2]! += y
    sums[at + 3]! += x * x
    sums[at + 4]! += y * y
    sums[at + 5]! += x * y
  }
  const all = groupCount * sumsPerGroup
  for (let k = 0; k < all; k++) sums[all + (k % sumsPerGroup)]! += sums[k]!
  return Float64Array.from({ length: groupCount + 1 }, (_, omitted) => {
    const of = (k: number): number =>
      omitted === groupCount ? sums[all + k]! : sums[all + k]! - sums[omitted * sumsPerGroup + k]!
    const n = of(0)
    const varianceX = of(3) - of(1) ** 2 / n
    const varianceY = of(4) - of(2) ** 2 / n
    // Standardised columns vary by 1 a row; what is left of a constant one is rounding.
    if (!(Math.min(varianceX, varianceY) > 1e-9)) return Number.NaN
    return (of(5) - (of(1) * of(2)) / n) / Math.sqrt(varianceX * varianceY)
  })
}

/** (x − mean)/std over the rows where both have a value, NaN elsewhere; all NaN where it does not vary. */
function standardised(values: Float64Array, other: Float64Array): Float64Array {
  const both = values.map((value, row) => (Number.isNaN(other[row]!) ? Number.NaN : value))
  const filled = both.filter((value) => !Number.isNaN(value))
  if (filled.every((value) => value === filled[0])) return both.fill(Number.NaN)
  const scaling = scalingOf({ values: filled, count: filled.length, dimension: 1 })
  return scaled({ values: both, count: both.length, dimension: 1 }, scaling).values
}
