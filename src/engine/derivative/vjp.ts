import { topologicalOrder } from '../graph.ts'
import * as f from '../ops/index.ts'
import { sameShape, shapeError, showShape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { total } from './total.ts'

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
  return pullback(outputs, wrt)(cotangents)
}

/**
 * `vjp` of these outputs, to be applied to several sets of cotangents.
 * `inputsOf` says how far it looks for `wrt`: everywhere unless given.
 */
export function pullback(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  inputsOf?: (tensor: Tensor) => readonly Tensor[],
): (cotangents: readonly Tensor[]) => Tensor[] {
  const order = topologicalOrder(outputs, inputsOf)
  const active = dependents(order, wrt)
  return (cotangents) => {
    requireAlike(outputs, cotangents)
    const parts = new Map<Tensor, Tensor[]>()
    const send = (to: Tensor, part: Tensor): void => void (parts.get(to)?.push(part) ?? parts.set(to, [part]))
    for (const [k, output] of outputs.entries()) send(output, cotangents[k]!)
    const sums = new Map<Tensor, Tensor>()
    for (let at = order.length - 1; at >= 0; at--) {
      const tensor = order[at]!
      const received = parts.get(tensor)
      if (!received || !active.has(tensor)) continue
      const cotangent = total(received)
      sums.set(tensor, cotangent)
      parts.delete(tensor)
      if (f.uniformValue(cotangent) === 0 || inputsOf?.(tensor).length === 0) continue
      const sent = tensor.operation.derivative?.({
        f,
        inputs: tensor.inputs,
        attributes: tensor.attributes,
        output: tensor,
        cotangent,
        partials,
      })
      if (sent) requireFitting(tensor, sent)
      for (const [i, input] of tensor.inputs.entries())
        if (sent?.[i] && active.has(input)) send(input, sent[i])
    }
    return wrt.map((x) => sums.get(x) ?? f.broadcastTo(f.constant(0), x.shape))
  }
}

/** `vjp` that looks no further than `wrt`. */
export function partials(
  outputs: readonly Tensor[],
  wrt: readonly Tensor[],
  cotangents: readonly Tensor[],
): Tensor[] {
  const ends = new Set(wrt)
  return pullback(outputs, wrt, (tensor) => (ends.has(tensor) ? [] : tensor.inputs))(cotangents)
}

function requireAlike(outputs: readonly Tensor[], cotangents: readonly Tensor[]): void {
  for (const [k, output] of outputs.entries()) {
    const cotangent = cotangents[k]
    if (!cotangent || !sameShape(output.shape, cotangent.shape))
      throw shapeError(
        `vjp: output ${k} is ${showShape(output.shape)}, its cotangent ${cotangent ? showShape(cotangent.shape) : 'missing'}.`,
      )
  }
}

/** A rule that forgets an input, or sends it another shape, would give a wrong gradient and no error. */
function requireFitting(tensor: Tensor, sent: readonly (Tensor | null)[]): void {
  const { inputs, operation } = tensor
  const fits = sent.every((part, i) => !part || (inputs[i] && sameShape(part.shape, inputs[i].shape)))
  if (fits && sent.length === inputs.length) return
  const shown = sent.map((part) => (part ? showShape(part.shape) : 'nothing')).join(', ')
  throw shapeError(
    `vjp: the derivative of ${operation.name} sends ${shown} to ${inputs.map((x) => showShape(x.shape)).join(', ')}.`,
  )
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
