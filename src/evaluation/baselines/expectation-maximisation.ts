import { RandomStream } from '../../base/index.ts'
import { type ExactDensity, gaussian, gaussianMixture, logSumExp } from '../../density/index.ts'
import { type Rows, scaled, scalingOf } from '../rows.ts'
import { squaredDistance } from '../statistics/pair-kernel.ts'

/** A mixture of Gaussians while it is fitted: K weights that sum to 1, K means [d] and K covariances [d, d]. */
interface Components {
  readonly weights: Float64Array
  readonly means: readonly Float64Array[]
  readonly covariances: readonly Float64Array[]
}

/** Each covariance gets this share of the columns' variances on its diagonal: no component can collapse onto a point. */
export const covarianceFloor = 1e-4

/** It stops when the mean log-likelihood rises by less, nats a row and column, and after so many iterations anyway. */
const leastRise = 1e-5
const mostIterations = 100

const lloydIterations = 5

/**
 * A mixture of `size` Gaussians by expectation–maximisation, from k-means++.
 * Dempster, Laird & Rubin 1977; Arthur & Vassilvitskii 2007. Covariance floor: 10⁻⁴ of each column's variance is added.
 * rows: [n, d], n ≥ size.
 */
export function fitMixture(options: {
  readonly rows: Rows
  readonly size: number
  readonly seed: number
}): ExactDensity {
  const { rows, size, seed } = options
  const floor = scalingOf(rows).std.map((std) => covarianceFloor * std * std)
  const responsibilities = startingPoint(rows, size, seed)
  let components = maximise(rows, responsibilities, size, floor)
  let before = -Infinity
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const likelihood = expect(rows, components, responsibilities)
    components = maximise(rows, responsibilities, size, floor)
    if (likelihood - before < leastRise * rows.dimension) break
    before = likelihood
  }
  return gaussianMixture(components)
}

/**
 * Writes the responsibilities r_ik = w_k p_k(x_i)/p(x_i), [n, K]; the mean of ln p(x_i).
 */
function expect(rows: Rows, components: Components, responsibilities: Float64Array): number {
  const { weights, means, covariances } = components
  const densities = means.map((mean, k) => gaussian({ mean, covariance: covariances[k]! }))
  const logWeights = weights.map(Math.log)
  let total = 0
  for (let row = 0; row < rows.count; row++) {
    const terms = responsibilities.subarray(row * weights.length, (row + 1) * weights.length)
    for (let k = 0; k < terms.length; k++)
      terms[k] = logWeights[k]! + densities[k]!.evaluate(rows.values, row * rows.dimension, undefined, 0)
    const logDensity = logSumExp(terms)
    for (let k = 0; k < terms.length; k++) terms[k] = Math.exp(terms[k]! - logDensity)
    total += logDensity
  }
  return total / rows.count
}

/** Weights, means and covariances of the rows under the responsibilities. floor: [d], added to the variances. */
function maximise(rows: Rows, responsibilities: Float64Array, size: number, floor: Float64Array): Components {
  const weights = new Float64Array(size)
  const means: Float64Array[] = []
  const covariances: Float64Array[] = []
  for (let k = 0; k < size; k++) {
    // A component that holds nothing any more keeps a trace of every row instead of dividing by 0.
    const share = (row: number): number => responsibilities[row * size + k]! + 1e-12
    let weight = 0
    for (let row = 0; row < rows.count; row++) weight += share(row)
    const mean = weightedMean(rows, share, weight)
    means.push(mean)
    covariances.push(weightedCovariance(rows, share, weight, mean, floor))
    weights[k] = weight / rows.count
  }
  return { weights, means, covariances }
}

function weightedMean(rows: Rows, share: (row: number) => number, weight: number): Float64Array {
  const { values, count, dimension } = rows
  const mean = new Float64Array(dimension)
  for (let row = 0; row < count; row++) {
    const scale = share(row) / weight
    for (let a = 0; a < dimension; a++) mean[a]! += scale * values[row * dimension + a]!
  }
  return mean
}

function weightedCovariance(
  rows: Rows,
  share: (row: number) => number,
  weight: number,
  mean: Float64Array,
  floor: Float64Array,
): Float64Array {
  const { values, count, dimension } = rows
  const covariance = new Float64Array(dimension * dimension)
  const residual = new Float64Array(dimension)
  for (let row = 0; row < count; row++) {
    const scale = share(row) / weight
    for (let a = 0; a < dimension; a++) residual[a] = values[row * dimension + a]! - mean[a]!
    for (let a = 0; a < dimension; a++) {
      const scaledResidual = scale * residual[a]!
      for (let b = 0; b <= a; b++) covariance[a * dimension + b]! += scaledResidual * residual[b]!
    }
  }
  for (let a = 0; a < dimension; a++) {
    covariance[a * dimension + a]! += floor[a]!
    for (let b = 0; b < a; b++) covariance[b * dimension + a] = covariance[a * dimension + b]!
  }
  return covariance
}

/**
 * Each row wholly in its cluster, [n, K]: k-means++ seeds, then a few of Lloyd's iterations, on standardised columns.
 */
function startingPoint(rows: Rows, size: number, seed: number): Float64Array {
  const points = scaled(rows, scalingOf(rows))
  let centres = spreadSeeds(points, size, seed)
  let cluster = nearestCentres(points, centres)
  for (let iteration = 0; iteration < lloydIterations; iteration++) {
    centres = centroids(points, cluster, centres)
    cluster = nearestCentres(points, centres)
  }
  const responsibilities = new Float64Array(rows.count * size)
  cluster.forEach((k, row) => {
    responsibilities[row * size + k] = 1
  })
  return responsibilities
}

/** k-means++: each next centre is a row drawn with probability proportional to its squared distance to the nearest centre. */
function spreadSeeds(points: Rows, size: number, seed: number): Rows {
  const { count, dimension } = points
  const stream = new RandomStream({ seed, name: 'evaluation/k-means++' })
  const uniforms = stream.uniform64({ first: 0, count: size, width: 1 })
  const centres = { values: new Float64Array(size * dimension), count: size, dimension }
  const squared = new Float64Array(count).fill(1)
  for (let k = 0; k < size; k++) {
    let left = uniforms[k]! * squared.reduce((sum, value) => sum + value, 0)
    let chosen = 0
    while (chosen < count - 1 && left >= squared[chosen]!) left -= squared[chosen++]!
    centres.values.set(points.values.subarray(chosen * dimension, (chosen + 1) * dimension), k * dimension)
    for (let row = 0; row < count; row++) {
      const distance = squaredDistance(points, row, centres, k)
      squared[row] = k === 0 ? distance : Math.min(squared[row]!, distance)
    }
  }
  return centres
}

function nearestCentres(points: Rows, centres: Rows): Int32Array {
  return Int32Array.from({ length: points.count }, (_, row) => {
    let nearest = 0
    let least = Infinity
    for (let k = 0; k < centres.count; k++) {
      const distance = squaredDistance(points, row, centres, k)
      if (distance < least) [nearest, least] = [k, distance]
    }
    return nearest
  })
}

/** The mean of each cluster; an empty one keeps its centre. */
function centroids(points: Rows, cluster: Int32Array, centres: Rows): Rows {
  const { dimension } = points
  const sizes = new Float64Array(centres.count)
  const sums = new Float64Array(centres.values.length)
  cluster.forEach((k, row) => {
    sizes[k]!++
    for (let c = 0; c < dimension; c++) sums[k * dimension + c]! += points.values[row * dimension + c]!
  })
  const values = sums.map((total, at) => {
    const rows = sizes[Math.floor(at / dimension)]!
    return rows > 0 ? total / rows : centres.values[at]!
  })
  return { ...centres, values }
}
