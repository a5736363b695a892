import { topologicalOrder } from '../graph.ts'
import * as f from '../ops/index.ts'
import { sameShape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Reverse mode: Σₖ cₖᵀ ∂yₖ/∂x for each x, as tensors of the same graph, so that it can be differentiated again.
 *
 * Linear in the cotangents. A tensor that the outputs do not depend on gets zeros.
 * @throws where a cotangent is not of its output's shape.
 */
export function vjp(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  cotangents: readonly Tensor[],
): Tensor[] {
  const order = topologicalOrder(outputs)
  const active = dependents(order, wrt)
  const gathered = new Map<Tensor, Tensor>()
  const collect = (tensor: Tensor, cotangent: Tensor): void => {
    const sofar = gathered.get(tensor)
    gathered.set(tensor, sofar ? f.add(sofar, cotangent) : cotangent)
  }
  for (const [k, output] of outputs.entries()) {
    const cotangent = cotangents[k]
    if (!cotangent || !sameShape(output.shape, cotangent.shape))
      throw shapeError(
        `vjp: output ${k} is ${showShape(output.shape)}, its cotangent ${cotangent ? showShape(cotangent.shape) : 'missing'}.`,
      )
    collect(output, cotangent)
  }
  for (let at = order.length - 1; at >= 0; at--) {
    const tensor = order[at]!
    const cotangent = gathered.get(tensor)
    if (!cotangent || !active.has(tensor) || !tensor.operation.derivative) continue
    if (f.uniformValue(cotangent) === 0) continue
    const parts = tensor.operation.derivative({
      f,
      inputs: tensor.inputs,
      attributes: tensor.attributes,
      output: tensor,
      cotangent,
    })
    for (const [i, input] of tensor.inputs.entries()) {
      const part = parts[i]
      if (part && active.has(input)) collect(input, part)
    }
  }
  return wrt.map((x) => gathered.get(x) ?? f.broadcastTo(f.constant(0), x.shape))
}

/** The tensors of `order` that depend on any of `wrt`, these included; nothing passes a stopGradient. */
function dependents(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const active = new Set(wrt)
  for (const tensor of order)
    if (tensor.operation.derivative && tensor.inputs.some((input) => active.has(input))) active.add(tensor)
  return active
}

/** ∂y/∂x of a scalar y for each x. */
export function grad(output: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (output.shape.length > 0)
    throw shapeError(
      `grad: the output is ${showShape(output.shape)}; only a scalar has a gradient.`,
      'Sum or average it first, or use vjp with a cotangent.',
    )
  return vjp([output], wrt, [f.constant(1)])
}
