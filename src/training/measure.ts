import { cholesky } from '../density/index.ts'
import { type RowPart, widthOf } from '../family/index.ts'
import type { Moments } from '../objective/index.ts'

/** What the noise levels are chosen from, measured on encoded rows. */
export interface DataScale {
  /** σ_d: root mean square of the standard deviations of the coordinates that are numbers; 1 where there are none. */
  readonly sigmaData: number
  /** Largest distance between two rows, of at most 2,000 rows (fewer of very wide ones) spread evenly over those given. */
  readonly largestDistance: number
}

/** Numbers that the search for the largest distance may compare, well under a second's work. */
const mostCompared = 2e8

/**
 * Measures the data's standard deviation and extent. NaN is a number that is not known: it counts for nothing.
 *
 * The largest noise level should cover the largest pairwise distance, so that the noised data forget where they came
 * from.  Song & Ermon 2020, technique 1.
 */
export function measureScale(
  rows: ArrayLike<number>,
  dimension: number,
  parts: readonly RowPart[] = [{ kind: 'numbers', width: dimension }],
): DataScale {
  const numbers = numberCoordinates(parts)
  const count = Math.floor(rows.length / dimension)
  let variance = 0
  for (const column of numbers) {
    let mean = 0
    let squares = 0
    let seen = 0
    for (let row = 0; row < count; row++) {
      const value = rows[row * dimension + column]!
      if (Number.isNaN(value)) continue
      // Welford's update: one pass, no cancellation.
      const delta = value - mean
      mean += delta / ++seen
      squares += delta * (value - mean)
    }
    variance += squares / Math.max(1, seen - 1)
  }
  const picked = Math.min(count, 2000, Math.ceil(Math.sqrt(mostCompared / dimension)))
  const at = (i: number): number => Math.floor((i * count) / picked) * dimension
  let largest = 0
  for (let i = 0; i < picked; i++)
    for (let j = 0; j < i; j++) {
      let distance = 0
      for (let column = 0; column < dimension; column++)
        distance += (rows[at(i) + column]! - rows[at(j) + column]! || 0) ** 2
      largest = Math.max(largest, distance)
    }
  return {
    sigmaData: numbers.length === 0 ? 1 : Math.sqrt(variance / numbers.length),
    largestDistance: Math.sqrt(largest),
  }
}

/**
 * Mean of the rows, [n, d], and the Cholesky factor of their covariance; a ridge of 1e-6 of its trace's mean keeps it regular.
 * In the place of a number that is not known, NaN, stands its column's mean.
 */
export function measureMoments(given: ArrayLike<number>, dimension: number): Moments {
  const rows = withMeans(given, dimension)
  const count = Math.floor(rows.length / dimension)
  const mean = new Float64Array(dimension)
  for (let row = 0; row < count; row++)
    for (let k = 0; k < dimension; k++) mean[k]! += rows[row * dimension + k]! / count
  const covariance = new Float64Array(dimension * dimension)
  for (let row = 0; row < count; row++)
    for (let i = 0; i < dimension; i++) {
      const deviation = (rows[row * dimension + i]! - mean[i]!) / Math.max(1, count - 1)
      for (let j = 0; j <= i; j++)
        covariance[i * dimension + j]! += deviation * (rows[row * dimension + j]! - mean[j]!)
    }
  let trace = 0
  for (let k = 0; k < dimension; k++) trace += covariance[k * dimension + k]!
  const ridge = (1e-6 * trace) / dimension || 1
  for (let i = 0; i < dimension; i++) {
    covariance[i * dimension + i]! += ridge
    for (let j = 0; j < i; j++) covariance[j * dimension + i] = covariance[i * dimension + j]!
  }
  return { mean, cholesky: cholesky(covariance, dimension).lower }
}

/** The rows with each column's mean in the place of NaN. */
function withMeans(rows: ArrayLike<number>, dimension: number): ArrayLike<number> {
  if (!Array.prototype.some.call(rows, Number.isNaN)) return rows
  const means = Array.from({ length: dimension }, (_, k) => {
    let [sum, seen] = [0, 0]
    for (let i = k; i < rows.length; i += dimension) {
      if (Number.isNaN(rows[i]!)) continue
      sum += rows[i]!
      seen++
    }
    return seen === 0 ? 0 : sum / seen
  })
  return Float64Array.from(rows, (value, i) => (Number.isNaN(value) ? means[i % dimension]! : value))
}

/** Places of the coordinates that are numbers. */
function numberCoordinates(parts: readonly RowPart[]): number[] {
  const found: number[] = []
  let at = 0
  for (const part of parts) {
    const width = widthOf(part)
    if (part.kind === 'numbers') for (let k = 0; k < width; k++) found.push(at + k)
    at += width
  }
  return found
}

/** Noise levels proposed for data of this scale: σ_min = σ_d/500, σ_max the larger of 10 σ_d and the largest distance. */
export function proposeNoiseRange(scale: DataScale): {
  sigmaMin: number
  sigmaMax: number
  sigmaData: number
} {
  const sigmaData = scale.sigmaData
  return { sigmaMin: 0.002 * sigmaData, sigmaMax: Math.max(10 * sigmaData, scale.largestDistance), sigmaData }
}
