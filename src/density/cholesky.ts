import { ScorefieldError } from '../base/index.ts'

/** The lower triangle L of a symmetric positive definite matrix C = L Lᵀ, with ln det C. */
export interface Cholesky {
  readonly dimension: number
  /** L, [d, d], row-wise. */
  readonly lower: Float64Array
  readonly logDeterminant: number
}

/**
 * Factorises a covariance, C = L Lᵀ.
 * covariance: [d, d], row-wise. Throws `density/covariance` when it is not square, symmetric and positive
 * definite.
 */
export function cholesky(covariance: ArrayLike<number>, dimension: number): Cholesky {
  if (covariance.length !== dimension * dimension)
    throw covarianceError(`has ${covariance.length} entries; ${dimension} × ${dimension} are needed`)
  const lower = new Float64Array(dimension * dimension)
  let logDeterminant = 0
  for (let row = 0; row < dimension; row++) {
    for (let column = 0; column <= row; column++) {
      const entry = covariance[row * dimension + column]!
      const mirrored = covariance[column * dimension + row]!
      if (!(Math.abs(entry - mirrored) <= 1e-12 * Math.max(Math.abs(entry), Math.abs(mirrored))))
        throw covarianceError(`is not symmetric at (${row}, ${column}): ${entry} and ${mirrored}`)
      let rest = entry
      for (let k = 0; k < column; k++) rest -= lower[row * dimension + k]! * lower[column * dimension + k]!
      if (row !== column) {
        lower[row * dimension + column] = rest / lower[column * dimension + column]!
      } else {
        if (!(rest > 0 && rest < Infinity))
          throw covarianceError(`is not positive definite: pivot ${row} is ${rest}`)
        lower[row * dimension + row] = Math.sqrt(rest)
        logDeterminant += Math.log(rest)
      }
    }
  }
  return { dimension, lower, logDeterminant }
}

/** Overwrites b, [d], with L⁻¹ b. */
export function solveLower(factor: Cholesky, b: Float64Array): void {
  const { dimension, lower } = factor
  for (let row = 0; row < dimension; row++) {
    let rest = b[row]!
    for (let k = 0; k < row; k++) rest -= lower[row * dimension + k]! * b[k]!
    b[row] = rest / lower[row * dimension + row]!
  }
}

/** Overwrites b, [d], with L⁻ᵀ b. */
export function solveUpper(factor: Cholesky, b: Float64Array): void {
  const { dimension, lower } = factor
  for (let row = dimension - 1; row >= 0; row--) {
    let rest = b[row]!
    for (let k = row + 1; k < dimension; k++) rest -= lower[k * dimension + row]! * b[k]!
    b[row] = rest / lower[row * dimension + row]!
  }
}

/** Writes offset + L z into out[at … at + d): the map from N(0, I) to N(offset, C). */
export function affine(
  factor: Cholesky,
  offset: Float64Array,
  z: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const { dimension, lower } = factor
  for (let row = 0; row < dimension; row++) {
    let sum = offset[row]!
    for (let k = 0; k <= row; k++) sum += lower[row * dimension + k]! * z[k]!
    out[at + row] = sum
  }
}

function covarianceError(message: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'density/covariance',
    message: `The covariance ${message}.`,
    hint: 'Give a symmetric positive definite matrix, row by row.',
  })
}
