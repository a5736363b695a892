import { ScorefieldError } from '../base/index.ts'
import { cholesky, solveLower, solveUpper } from './cholesky.ts'
import { type ExactDensity, parameterError } from './density.ts'
import type { Known } from './known.ts'

/** Throws `density/parameter` unless these are some of 0 … d − 1, each once. */
export function requireColumns(columns: readonly number[], dimension: number): void {
  const fits = columns.every((column) => Number.isInteger(column) && column >= 0 && column < dimension)
  if (fits && columns.length > 0 && new Set(columns).size === columns.length) return
  throw parameterError(`the columns are [${columns}]`, `Give some of 0 … ${dimension - 1}, each once.`)
}

/** The places that are not among `columns`, in order. Throws `density/parameter` where none is left. */
export function otherColumns(columns: readonly number[], dimension: number): number[] {
  requireColumns(columns, dimension)
  const others = Array.from({ length: dimension }, (_, k) => k).filter((k) => !columns.includes(k))
  if (others.length > 0) return others
  throw parameterError(`all ${dimension} columns are known`, 'Leave one to be told of.')
}

/** Mean and covariance of the other columns of N(mean, C) under known ones: μ_b + C_ba C_aa⁻¹ (v − μ_a), C_bb − C_ba C_aa⁻¹ C_ab. */
export function gaussianGiven(
  { mean, covariance }: { readonly mean: Float64Array; readonly covariance: Float64Array },
  { columns, values }: Known,
): { readonly mean: Float64Array; readonly covariance: Float64Array } {
  const d = mean.length
  const others = otherColumns(columns, d)
  requireValues({ columns, values })
  const [a, b] = [columns.length, others.length]
  const block = (rows: readonly number[], of: readonly number[]): Float64Array =>
    Float64Array.from(rows.flatMap((i) => of.map((j) => covariance[i * d + j]!)))
  const factor = cholesky(block(columns, columns), a)
  const cross = block(others, columns)
  /** C_aa⁻¹ of each row of C_ba. */
  const gains = Array.from({ length: b }, (_, i) => {
    const gain = cross.slice(i * a, (i + 1) * a)
    solveLower(factor, gain)
    solveUpper(factor, gain)
    return gain
  })
  const away = columns.map((column, k) => values[k]! - mean[column]!)
  const left = block(others, others)
  for (let i = 0; i < b; i++)
    for (let j = 0; j <= i; j++) {
      let sum = left[i * b + j]!
      for (let k = 0; k < a; k++) sum -= gains[i]![k]! * cross[j * a + k]!
      left[i * b + j] = sum
      left[j * b + i] = sum
    }
  return {
    mean: Float64Array.from(others, (column, i) =>
      gains[i]!.reduce((sum, g, k) => sum + g * away[k]!, mean[column]!),
    ),
    covariance: left,
  }
}

function requireValues({ columns, values }: Known): void {
  if (values.length !== columns.length || !Array.from(values).every(Number.isFinite))
    throw parameterError(
      `${columns.length} columns are known by the values [${Array.from(values)}]`,
      'Give one finite value for each column.',
    )
}

function notKnown({ name }: ExactDensity, what: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'density/not-conditional',
    message: `'${name}' has no closed form of its ${what} densities.`,
    hint: 'Gaussians and mixtures of them have one; of others draw rows, and keep the columns wanted.',
  })
}

/** The density of some columns of a known one. Throws `density/not-conditional` where there is no closed form of it. */
export function marginalOf(density: ExactDensity, columns: readonly number[]): ExactDensity {
  if (density.marginal) return density.marginal(columns)
  throw notKnown(density, 'marginal')
}

/** The density of the other columns of a known one under known ones. Throws `density/not-conditional` where there is no closed form of it. */
export function conditionalOf(density: ExactDensity, given: Known): ExactDensity {
  if (density.conditional) return density.conditional(given)
  throw notKnown(density, 'conditional')
}
