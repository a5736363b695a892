import { ScorefieldError } from '../../base/index.ts'
import { Field, type FieldAsked } from './field.ts'

/** The curl of a field of the plane on a grid; `report` draws it. */
export interface CurlMap {
  /** [columns]. */
  readonly xs: Float64Array
  /** [rows]. */
  readonly ys: Float64Array
  /** ∂s₂/∂x₁ − ∂s₁/∂x₂, [rows, columns]. */
  readonly curl: Float64Array
  /** s, [rows, columns, 2]. */
  readonly score: Float64Array
}

/**
 * The curl ∂s₂/∂x₁ − ∂s₁/∂x₂ of a score in two dimensions, at every point of a grid: how fast, and which way round, the arrows
 * turn; 0 everywhere for a gradient. Its unit is that of J = ∂s/∂x, 1 over a length squared.
 * xs: [columns], ys: [rows], in the model's coordinates.
 * @throws ScorefieldError `evaluation/not-a-plane` where rows have not two numbers, and what `conservativity` throws.
 */
export async function curlMap(
  asked: Omit<FieldAsked, 'x'> & { readonly xs: ArrayLike<number>; readonly ys: ArrayLike<number> },
): Promise<CurlMap> {
  const [xs, ys] = [Float64Array.from(asked.xs), Float64Array.from(asked.ys)]
  const { event } = asked.trained.model
  if (event.length !== 1 || event[0] !== 2)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'evaluation/not-a-plane',
      message: `A curl is drawn of fields in two dimensions; points of this model are [${event.join(', ')}].`,
      hint: '`conservativity` measures the same in any dimension.',
    })
  const count = xs.length * ys.length
  const x = Float64Array.from({ length: 2 * count }, (_, i) => {
    const cell = i >> 1
    return i % 2 === 0 ? xs[cell % xs.length]! : ys[Math.floor(cell / xs.length)]!
  })
  const field = await Field.open({ ...asked, x }, 'derivatives')
  try {
    const alongFirst = Float32Array.from({ length: 2 * count }, (_, i) => 1 - (i % 2))
    const { score, along, against } = await field.products(alongFirst)
    // Along x₁, J v holds ∂s₂/∂x₁ and Jᵀ v holds ∂s₁/∂x₂.
    const curl = Float64Array.from({ length: count }, (_, i) => along[2 * i + 1]! - against[2 * i + 1]!)
    return { xs, ys, curl, score }
  } finally {
    await field.dispose()
  }
}
