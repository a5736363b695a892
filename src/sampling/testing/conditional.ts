import { RandomStream } from '../../base/index.ts'
import { covarianceOf, type ExactComponent } from './exact.ts'

/** What is observed of a mixture: y = A x + s z. */
export interface Observation {
  /** A, [m][d], of rank m. */
  readonly matrix: readonly (readonly number[])[]
  /** y, [m]. */
  readonly observed: readonly number[]
  /** s ≥ 0 */
  readonly noise: number
}

/** A draw of the mixture, and what is observed of it: a typical y. */
export function typicalObservation(
  components: readonly ExactComponent[],
  { matrix, noise }: Pick<Observation, 'matrix' | 'noise'>,
  { seed, index }: { readonly seed: number; readonly index: number },
): Observation {
  const x = drawn(components, { seed, first: index, count: 1 }).subarray(0)
  const z = new RandomStream({ seed, name: 'observation' }).normal({
    ...{ first: index, count: 1, width: matrix.length },
  })
  const observed = matrix.map((row, j) => row.reduce((sum, a, k) => sum + a * x[k]!, noise * z[j]!))
  return { matrix, noise, observed }
}

/**
 * Exact draws of x given y = A x + s z, [count, d], x of a Gaussian mixture.
 *
 * Component k has the weight w_k N(y; A μ_k, S_k), S_k = A C_k Aᵀ + s² I; of a draw x′ of it, x′ + C_k Aᵀ S_k⁻¹ (y − A x′ − s z′) is one
 * of x given y (Matheron's rule; Journel & Huijbregts 1978).
 */
export function conditionalDraws(
  components: readonly ExactComponent[],
  { matrix, observed, noise }: Observation,
  { seed, count }: { readonly seed: number; readonly count: number },
): Float64Array {
  const d = components[0]!.mean.length
  const m = matrix.length
  const parts = components.map((component) => {
    const covariance = covarianceOf(component)
    const cross = matrix.map((row) =>
      Array.from({ length: d }, (_, i) => row.reduce((sum, a, k) => sum + a * covariance[k * d + i]!, 0)),
    ) // A C, [m][d]
    const total = cross.map((row, i) =>
      matrix.map((other, j) => row.reduce((sum, c, k) => sum + c * other[k]!, i === j ? noise ** 2 : 0)),
    )
    const residual = observed.map((y, j) => y - dot(matrix[j]!, component.mean))
    const { solution, logDeterminant } = solved(total, residual)
    const fit = dot(residual, solution)
    return { cross, total, logWeight: Math.log(component.weight) - 0.5 * (fit + logDeterminant) }
  })
  const most = Math.max(...parts.map(({ logWeight }) => logWeight))
  const weights = parts.map(({ logWeight }) => Math.exp(logWeight - most))
  const sum = weights.reduce((a, b) => a + b, 0)
  const range = { first: 0, count }
  const chosen = new RandomStream({ seed, name: 'component' }).categorical(
    { ...range, width: 1 },
    weights.map((weight) => weight / sum),
  )
  const [z, e] = ['draw', 'noise'].map((name, k) =>
    new RandomStream({ seed, name }).normal({ ...range, width: k === 0 ? d : m }),
  )
  const rows = new Float64Array(count * d)
  for (let row = 0; row < count; row++) {
    const component = components[chosen[row]!]!
    const { cross, total } = parts[chosen[row]!]!
    const x = placed(component, z!.subarray(row * d, (row + 1) * d))
    const residual = observed.map((y, j) => y - dot(matrix[j]!, x) - noise * e![row * m + j]!)
    const { solution } = solved(total, residual)
    for (let i = 0; i < d; i++)
      rows[row * d + i] = x[i]! + solution.reduce((all, value, j) => all + value * cross[j]![i]!, 0)
  }
  return rows
}

/** Draws of the mixture itself, [count, d]. */
export function drawn(
  components: readonly ExactComponent[],
  { seed, first, count }: { readonly seed: number; readonly first: number; readonly count: number },
): Float64Array {
  const d = components[0]!.mean.length
  const weights = components.map(({ weight }) => weight)
  const chosen = new RandomStream({ seed, name: 'component' }).categorical(
    { first, count, width: 1 },
    weights,
  )
  const z = new RandomStream({ seed, name: 'draw' }).normal({ first, count, width: d })
  const rows = new Float64Array(count * d)
  for (let row = 0; row < count; row++)
    rows.set(placed(components[chosen[row]!]!, z.subarray(row * d, (row + 1) * d)), row * d)
  return rows
}

/** μ + U √λ z. */
function placed({ mean, axes, variances }: ExactComponent, z: Float32Array): number[] {
  const d = mean.length
  return mean.map((m, i) =>
    variances.reduce((sum, variance, k) => sum + axes[i * d + k]! * Math.sqrt(variance) * z[k]!, m),
  )
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0)
}

/** S⁻¹ v and ln det S, of a positive definite S, by elimination. */
function solved(
  matrix: readonly (readonly number[])[],
  v: readonly number[],
): { readonly solution: readonly number[]; readonly logDeterminant: number } {
  const n = v.length
  const a = matrix.map((row, i) => [...row, v[i]!])
  let logDeterminant = 0
  for (let p = 0; p < n; p++) {
    logDeterminant += Math.log(a[p]![p]!)
    for (let i = 0; i < n; i++) {
      if (i === p) continue
      const factor = a[i]![p]! / a[p]![p]!
      for (let k = p; k <= n; k++) a[i]![k]! -= factor * a[p]![k]!
    }
  }
  return { solution: a.map((row, i) => row[n]! / row[i]!), logDeterminant }
}
