import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'

/** A step from a residual that is 0 already would be 0/0. */
const tiny = 1e-30

/**
 * A few steps of conjugate gradients towards M u = v, each row by itself.  Hestenes & Stiefel 1952.
 *
 * M: symmetric, positive semi-definite, of each row another, given by its product. After as many steps as M has different
 * eigenvalues u is exact; before, it is the best in the span of v, M v, M² v, … v: [B, m] → [B, m].
 * precondition: about M⁻¹, symmetric, whose eigenvalues with M are then what counts; the nearer to 1, the fewer steps.  Concus, Golub & O'Leary 1976.
 */
export function conjugateGradient(
  v: f.Tensor,
  product: (u: f.Tensor) => f.Tensor,
  steps: number,
  precondition: (u: f.Tensor) => f.Tensor = (u) => u,
): f.Tensor {
  const inner = (a: f.Tensor, b: f.Tensor): f.Tensor => f.sum(f.mul(a, b), { axes: [1] })
  const ratio = (a: f.Tensor, b: f.Tensor): f.Tensor =>
    f.where(f.greater(b, tiny), f.div(a, f.max(b, tiny)), f.broadcastTo(f.constant(0), a.shape))
  const times = (factor: f.Tensor, x: f.Tensor): f.Tensor => f.mul(perPoint(factor, x), x)
  let u = f.broadcastTo(f.constant(0), v.shape)
  let residual = v
  let direction = precondition(v)
  let size = inner(residual, direction)
  for (let step = 0; step < steps; step++) {
    const image = product(direction)
    const length = ratio(size, inner(direction, image))
    u = f.add(u, times(length, direction))
    residual = f.sub(residual, times(length, image))
    const better = precondition(residual)
    const next = inner(residual, better)
    direction = f.add(better, times(ratio(next, size), direction))
    size = next
  }
  return u
}
