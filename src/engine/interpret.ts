import { topologicalOrder } from './graph.ts'
import type { ReferenceArray } from './operation.ts'
import type { Tensor } from './tensor.ts'

/**
 * The values of these tensors in float64, given those of the input symbols, or of any others: what these are made of
 * is then not asked for.
 *
 * `round` is applied to every result, for example Math.fround to see what float32 would do.
 */
export function interpret(
  tensors: readonly Tensor[],
  given: ReadonlyMap<Tensor, Float64Array>,
  round?: (value: number) => number,
): Float64Array[] {
  const values = new Map<Tensor, ReferenceArray>()
  const inputsOf = (tensor: Tensor): readonly Tensor[] => (given.has(tensor) ? [] : tensor.inputs)
  for (const tensor of topologicalOrder(tensors, inputsOf)) {
    const exact =
      given.get(tensor) ??
      tensor.operation.reference(
        tensor.inputs.map((input) => values.get(input)!),
        tensor.attributes,
        tensor,
      )
    const data = round ? exact.map(round) : exact
    values.set(tensor, { shape: tensor.shape, data })
  }
  return tensors.map((tensor) => values.get(tensor)!.data)
}
