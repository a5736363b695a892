import { RandomStream } from '../../base/index.ts'
import type { Metric } from '../metric.ts'
import type { Rows } from '../rows.ts'
import { jackknifeInterval, jackknifeOverRows } from '../statistics/jackknife.ts'
import { wassersteinPower } from '../statistics/line.ts'

/** How many directions are averaged over. */
const directionCount = 64

/**
 * The sliced Wasserstein-2 distance, (1/L Σ_θ W₂²(θ·x, θ·y))^½ over L = 64 random unit vectors θ, the same ones for every
 * pair of one seed.  Rabin et al. 2011; Bonneel et al. 2015. In the unit of the rows. The interval is of the rows, not of
 * the directions.
 */
export const slicedWasserstein: Metric = {
  name: 'sliced-wasserstein',
  summary: `how far rows must be moved, seen along ${directionCount} random directions (root mean square)`,
  source: 'Rabin et al. 2011; Bonneel et al. 2015',
  better: 'lower',
  range: [0, Infinity],
  interval: jackknifeInterval,
  mostRows: 2000,
  measure: (pair) => {
    const directions = unitVectors(pair.seed, pair.columns.length)
    return jackknifeOverRows(pair, slicedWasserstein.range, (reference, candidate) => {
      const squares = directions.map((direction) =>
        wassersteinPower(projected(reference, direction).sort(), projected(candidate, direction).sort(), 2),
      )
      return [Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / directionCount)]
    })
  },
}

/** Directions drawn uniformly from the sphere, each [dimension]. */
export function unitVectors(seed: number, dimension: number): Float64Array[] {
  const stream = new RandomStream({ seed, name: 'evaluation/directions' })
  const normals = stream.normal({ first: 0, count: directionCount, width: dimension })
  return Array.from({ length: directionCount }, (_, k) => {
    const direction = Float64Array.from(normals.subarray(k * dimension, (k + 1) * dimension))
    const length = Math.hypot(...direction)
    return direction.map((component) => component / length)
  })
}

/** θ·x of every row, [n]. */
function projected({ values, count, dimension }: Rows, direction: Float64Array): Float64Array {
  const projections = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let sum = 0
    for (let k = 0; k < dimension; k++) sum += values[i * dimension + k]! * direction[k]!
    projections[i] = sum
  }
  return projections
}
