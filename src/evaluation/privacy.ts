import { type Table, takeRows } from '../data/index.ts'
import { RandomStream } from '../engine/random/index.ts'
import { copiesIn } from './copies.ts'
import type { Tables } from './evaluate-tables.ts'
import { areaEstimate, areaUnderCurve } from './statistics/area-under-curve.ts'
import { type Estimate, normalHalfWidth } from './statistics/estimate.ts'
import { distanceViewer } from './views.ts'

/** Whether rows that were learned from can be found again in the synthetic ones. */
export interface Privacy {
  /** Synthetic rows that equal a training row in every column compared; how many held-out rows do; of how many each. */
  readonly copies: {
    readonly synthetic: number
    readonly syntheticRows: number
    readonly heldOut: number
    readonly heldOutRows: number
  }
  /**
   * Distance to the closest training row: medians over synthetic and over held-out rows, in standard deviations. Rows that are
   * learned by heart are much nearer than held-out rows.
   */
  readonly closest: { readonly synthetic: Quantiles; readonly heldOut: Quantiles }
  /** Area under the curve of telling training rows from held-out rows by their distance to the synthetic ones; ½: nothing leaks. */
  readonly membership: Estimate
  /** Share of synthetic rows nearer to a training row than to any of as many held-out rows; ½: nothing leaks. */
  readonly nearer: Estimate
}

export interface Quantiles {
  readonly median: number
  /** Below which one row in twenty lies. */
  readonly low: number
}

/** Rows of each side whose nearest neighbours are looked for. */
const mostRows = 2000
/** Synthetic rows that an attacker is given. */
const mostSynthetic = 5000

/**
 * Looks for training rows in synthetic ones: by copies, by distances (Park et al. 2018), by the nearest-neighbour attack on
 * membership (Chen et al. 2020).
 *
 * Both sides are brought to the same number of rows, for a larger set is nearer to everything. `membership` takes as many
 * training rows as there are held-out ones. names: the columns compared.
 */
export function measurePrivacy(
  tables: Tables,
  options: { readonly names: readonly string[]; readonly seed: number },
): Privacy {
  const { names, seed } = options
  const { real, heldOut, synthetic } = tables
  const view = distanceViewer(real, names)
  const count = Math.min(mostRows, real.rowCount, heldOut.rowCount, synthetic.rowCount)
  const points = (table: Table, most: number, index: number): Points => {
    const { values, columns } = view(drawn(table, most, seed, index))
    return { values, dimension: columns.length }
  }
  const members = points(real, count, 0)
  const others = points(heldOut, count, 1)
  const made = points(synthetic, mostSynthetic, 2)
  const some = points(synthetic, count, 2)
  const toMembers = nearestDistances(some, members)
  const toOthers = nearestDistances(some, others)
  const ties = toMembers.filter((distance, row) => distance === toOthers[row]).length
  const nearer = toMembers.filter((distance, row) => distance < toOthers[row]!).length + ties / 2
  const attacked = nearestDistances(members, made).map((distance) => -distance)
  const unattacked = nearestDistances(others, made).map((distance) => -distance)
  return {
    copies: {
      synthetic: copyCount(copiesIn(synthetic, real, names)),
      syntheticRows: synthetic.rowCount,
      heldOut: copyCount(copiesIn(heldOut, real, names)),
      heldOutRows: heldOut.rowCount,
    },
    closest: { synthetic: quantiles(toMembers), heldOut: quantiles(nearestDistances(others, members)) },
    membership: areaEstimate(areaUnderCurve(attacked, unattacked), count, count),
    nearer: shareEstimate(nearer / count, count),
  }
}

interface Points {
  readonly values: Float64Array
  readonly dimension: number
}

function drawn(table: Table, most: number, seed: number, index: number): Table {
  if (table.rowCount <= most) return table
  const order = new RandomStream({ seed, name: 'evaluation/privacy' }).permutation({
    index,
    size: table.rowCount,
  })
  return takeRows(table, Int32Array.from(order.slice(0, most)))
}

/** The distance of each point of `from` to the nearest of `to`, [n]. */
function nearestDistances(from: Points, to: Points): Float64Array {
  const { dimension } = from
  const [n, m] = [from.values.length / dimension, to.values.length / dimension]
  const least = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let nearest = Number.POSITIVE_INFINITY
    for (let j = 0; j < m; j++) {
      let sum = 0
      // Most candidates are given up after a few columns.
      for (let k = 0; k < dimension && sum < nearest; k++) {
        const difference = from.values[i * dimension + k]! - to.values[j * dimension + k]!
        sum += difference * difference
      }
      if (sum < nearest) nearest = sum
    }
    least[i] = Math.sqrt(nearest)
  }
  return least
}

const copyCount = (marks: readonly boolean[]): number => marks.filter(Boolean).length

function quantiles(distances: Float64Array): Quantiles {
  const sorted = distances.slice().sort()
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))]!
  return { median: at(0.5), low: at(0.05) }
}

/** A share with Wilson's 95 % interval. */
export function shareEstimate(share: number, count: number): Estimate {
  const z = normalHalfWidth
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const half =
    (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
