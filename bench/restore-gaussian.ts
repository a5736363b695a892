import { RandomStream } from '../src/base/index.ts'
import { cholesky, solveLower, solveUpper } from '../src/density/cholesky.ts'

type Vector = Float64Array

/** N(μ, C), C [d, d] row-wise. */
export interface Gaussian {
  readonly mean: Vector
  readonly covariance: Vector
}

/** x given y = A x + s z, x of a Gaussian: exact, in float64. */
export interface ConditionalGaussian {
  /** E[x | y] = μ + C Aᵀ S⁻¹ (y − A μ), S = A C Aᵀ + s² I. */
  readonly mean: (y: ArrayLike<number>) => Vector
  /** Draws of x given y, [count, d]: of a draw x′ of the Gaussian and noise z, x′ + C Aᵀ S⁻¹ (y − A x′ − s z).  Journel & Huijbregts 1978. */
  readonly draws: (
    y: ArrayLike<number>,
    which: { readonly seed: number; readonly first: number; readonly count: number },
  ) => Vector
  /** tr Cov[x | y]: the same for all y. */
  readonly variance: () => number
}

/** matrix: A, [m][d]; noise: s > 0. */
export function conditionalGaussian(
  { mean, covariance }: Gaussian,
  matrix: readonly Vector[],
  noise: number,
): ConditionalGaussian {
  const d = mean.length
  const m = matrix.length
  const prior = cholesky(covariance, d)
  const cross = matrix.map((row) => times(covariance, row)) // A C, [m][d]
  const total = new Float64Array(m * m)
  for (let i = 0; i < m; i++)
    for (let j = 0; j <= i; j++) {
      const value = dot(cross[i]!, matrix[j]!) + (i === j ? noise ** 2 : 0)
      total[i * m + j] = value
      total[j * m + i] = value
    }
  const factor = cholesky(total, m)
  /** x + C Aᵀ S⁻¹ (y − A x − noise). */
  const moved = (x: Vector, y: ArrayLike<number>, z?: ArrayLike<number>): Vector => {
    const residual = Float64Array.from(y, (value, j) => value - dot(matrix[j]!, x) - noise * (z?.[j] ?? 0))
    solveLower(factor, residual)
    solveUpper(factor, residual)
    const to = x.slice()
    cross.forEach((row, j) => {
      for (let i = 0; i < d; i++) to[i]! += row[i]! * residual[j]!
    })
    return to
  }
  return {
    mean: (y) => moved(mean, y),
    draws: (y, { seed, first, count }) => {
      const [z, e] = ['draw', 'noise'].map((name, k) =>
        new RandomStream({ seed, name }).normal({ first, count, width: k === 0 ? d : m }),
      )
      const rows = new Float64Array(count * d)
      for (let row = 0; row < count; row++) {
        const own = z!.subarray(row * d, (row + 1) * d)
        const x = mean.map((value, i) => {
          let sum = value
          for (let k = 0; k <= i; k++) sum += prior.lower[i * d + k]! * own[k]!
          return sum
        })
        rows.set(moved(x, y, e!.subarray(row * m, (row + 1) * m)), row * d)
      }
      return rows
    },
    variance: () => {
      let sum = 0
      for (let i = 0; i < d; i++) {
        const column = Float64Array.from(cross, (row) => row[i]!)
        solveLower(factor, column)
        sum += covariance[i * d + i]! - dot(column, column)
      }
      return sum
    },
  }
}

/** Mean and covariance of rows [n, d], with a ridge on the diagonal. */
export function gaussianOf(rows: ArrayLike<number>, d: number, ridge: number): Gaussian {
  const n = rows.length / d
  const mean = new Float64Array(d)
  for (let at = 0; at < rows.length; at++) mean[at % d]! += rows[at]! / n
  const covariance = new Float64Array(d * d)
  const own = new Float64Array(d)
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < d; i++) own[i] = rows[row * d + i]! - mean[i]!
    for (let i = 0; i < d; i++)
      if (own[i] !== 0) for (let j = 0; j <= i; j++) covariance[i * d + j]! += (own[i]! * own[j]!) / n
  }
  for (let i = 0; i < d; i++) {
    covariance[i * d + i]! += ridge
    for (let j = 0; j < i; j++) covariance[j * d + i] = covariance[i * d + j]!
  }
  return { mean, covariance }
}

/** C v, C symmetric, row-wise; rows of a v of few entries cost little. */
function times(matrix: Vector, v: Vector): Vector {
  const d = v.length
  const product = new Float64Array(d)
  for (let k = 0; k < d; k++) {
    const value = v[k]!
    if (value !== 0) for (let i = 0; i < d; i++) product[i]! += value * matrix[k * d + i]!
  }
  return product
}

function dot(a: Vector, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
