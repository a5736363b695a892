import * as f from '../../engine/index.ts'
import { perPoint } from '../../family/index.ts'
import { conjugateGradient } from './conjugate-gradient.ts'
import type { Guided } from './guided-denoiser.ts'
import type { SolveWeights } from './operator.ts'

/** Steps of conjugate gradients where an operator knows no closed form. */
const usualSteps = 8

/** Aᵀ u, and (a A Aᵀ + b I)⁻¹ v, of the operator's derivative A at D: in closed form where there is one. */
export function adjointOf({
  operator,
  given,
  denoised,
  push,
}: Pick<Guided, 'operator' | 'given' | 'denoised' | 'push'>): {
  readonly adjoint: (u: f.Tensor) => f.Tensor
  readonly solve: (v: f.Tensor, weights: SolveWeights) => f.Tensor
} {
  const seen = operator.apply(denoised, given)
  const adjoint = (u: f.Tensor): f.Tensor => f.vjp([seen], [denoised], [u])[0]!
  return {
    adjoint,
    solve: (v, weights) => {
      if (operator.solve) return operator.solve(v, weights, given)
      const { a, b } = weights
      const product = (u: f.Tensor): f.Tensor =>
        f.add(f.mul(perPoint(a, u), push(adjoint(u))), f.mul(perPoint(b, u), u))
      return conjugateGradient(v, product, Math.min(operator.width, usualSteps))
    },
  }
}
