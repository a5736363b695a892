import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

/** What (a A Aᵀ + b I)⁻¹ is made of: a ≥ 0 and b ≥ 0 of each row, [B]. */
export interface SolveWeights {
  readonly a: f.Tensor
  readonly b: f.Tensor
}

/**
 * What is observed of a point: y = A(x₀) + s z. A is traced, so that its derivatives are known.
 *
 * A linear operator of which (a A Aᵀ + b I)⁻¹ is known in closed form says so by `solve`; of all others conjugate gradients
 * find it, from products with A's derivative and its transpose.
 */
export interface Operator {
  readonly name: string
  /** d, coordinates of a point. */
  readonly dimension: number
  /** m, coordinates of an observation. */
  readonly width: number
  /** Whether A(x) is linear in x, without an offset. */
  readonly isLinear: boolean
  /** Whether A(x) = x: there is noise, and nothing else; no unless given. */
  readonly isIdentity?: boolean
  /** Shape of what each row's operator depends on, by name: a mask, for example. */
  readonly given: f.Named<f.Shape>
  /** A(x), [B, d] → [B, m]; given: [B, …shape] each. */
  readonly apply: (x: f.Tensor, given: f.Named<f.Tensor>) => f.Tensor
  /** (a A Aᵀ + b I)⁻¹ v, [B, m], for v in the range of A; where a A Aᵀ + b I is 0, the result is. */
  readonly solve?: (v: f.Tensor, weights: SolveWeights, given: f.Named<f.Tensor>) => f.Tensor
}

/**
 * Some coordinates are observed, others of each row: y = m ∘ x₀ + s z, with a mask m of 0 and 1, `given.known`: [B, d].
 * The width of y is d; where m is 0, y is 0 and says nothing.
 */
export function knownCoordinates(dimension: number): Operator {
  return {
    name: 'known-coordinates',
    dimension,
    width: dimension,
    isLinear: true,
    given: { known: [dimension] },
    apply: (x, { known }) => f.mul(x, known!),
    solve: (v, { a, b }, { known }) => {
      const weights = f.add(f.mul(perPoint(a, v), known!), perPoint(b, v))
      return f.mul(known!, f.div(v, f.max(weights, tiny)))
    },
  }
}

/**
 * A linear map of every row: y = A x₀ + s z. matrix: A, [m][d].
 * (a A Aᵀ + b I)⁻¹ = U (a Λ + b)⁻¹ Uᵀ by the eigenvectors of A Aᵀ; directions of no eigenvalue are left out.
 */
export function linearMap(matrix: readonly (readonly number[])[]): Operator {
  const [width, dimension] = [matrix.length, matrix[0]?.length ?? 0]
  if (width === 0 || dimension === 0 || matrix.some((row) => row.length !== dimension))
    throw new f.ScorefieldError({
      kind: 'usage',
      code: 'sampling/operator',
      message: `A matrix of rows of ${[...new Set(matrix.map((row) => row.length))].join(', ') || 'no'} numbers is no operator.`,
      hint: 'Give at least one row, each with a number for every coordinate of a point.',
    })
  const product = matrix.map((one) =>
    matrix.map((other) => one.reduce((sum, value, k) => sum + value * other[k]!, 0)),
  )
  const { values, vectors } = symmetricEigen(product)
  const most = Math.max(...values)
  const kept = values.map((value) => (value > 1e-10 * most ? 1 : 0))
  const across = (rows: readonly (readonly number[])[]): f.Tensor =>
    f.constant({ shape: [rows.length, rows[0]!.length], data: rows.flat() })
  const like = (data: readonly number[], shape: f.Shape): f.Tensor =>
    f.broadcastTo(f.constant({ shape: [data.length], data }), shape)
  return {
    name: 'linear-map',
    dimension,
    width,
    isLinear: true,
    given: {},
    apply: (x) => f.matmul(x, across(matrix), { transposeB: true }),
    solve: (v, { a, b }) => {
      const u = across(vectors)
      const inner = f.matmul(v, u)
      const weights = f.add(f.mul(perPoint(a, v), like(values, v.shape)), perPoint(b, v))
      const divided = f.mul(like(kept, v.shape), f.div(inner, f.max(weights, tiny)))
      return f.matmul(divided, u, { transposeB: true })
    },
  }
}

/** Any differentiable map: y = A(x₀) + s z. apply: traced, [B, d] → [B, width], row by row. */
export function differentiableMap(options: {
  readonly dimension: number
  readonly width: number
  readonly apply: (x: f.Tensor) => f.Tensor
}): Operator {
  return { name: 'differentiable-map', ...options, isLinear: false, given: {} }
}

/** Below this nothing is divided by. */
const tiny = 1e-20
