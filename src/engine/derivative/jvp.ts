import * as f from '../ops/index.ts'
import { sameShape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { grad, vjp } from './vjp.ts'

/**
 * Forward mode: Σᵢ ∂yₖ/∂xᵢ vᵢ for each output k, as the transpose of the transpose.
 *
 * u ↦ vjp(u) is linear, and its own vjp is the product asked for; the placeholder u is then needed by nothing.
 * @throws where a tangent is not of its input's shape.
 */
export function jvp(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  tangents: readonly Tensor[],
): Tensor[] {
  for (const [i, x] of wrt.entries())
    if (!tangents[i] || !sameShape(x.shape, tangents[i].shape))
      throw shapeError(
        `jvp: input ${i} is ${showShape(x.shape)}, its tangent ${tangents[i] ? showShape(tangents[i].shape) : 'missing'}.`,
      )
  const placeholders = outputs.map((output, k) => f.input(`placeholder${k}`, output))
  return vjp(vjp(outputs, wrt, placeholders), placeholders, tangents)
}

/** Hessian-vector products of a scalar: Σⱼ ∂²y/∂xᵢ∂xⱼ vⱼ for each i, by reverse over reverse. */
export function hessianVectorProduct(
  output: Tensor,
  wrt: readonly Tensor[],
  vectors: readonly Tensor[],
): Tensor[] {
  return vjp(grad(output, wrt), wrt, vectors)
}
