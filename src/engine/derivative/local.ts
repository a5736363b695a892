import * as f from '../ops/index.ts'
import { intern, type Tensor } from '../tensor.ts'
import { replay } from './replay.ts'
import { plain } from './value.ts'
import { partials, pullback } from './vjp.ts'

/**
 * One operation with fresh symbols for some of its inputs.
 *
 * Derivatives are taken by the symbols, and the inputs put in afterwards: what an expression of the inputs themselves
 * simplifies to may no longer mention them, and would seem not to depend on them.
 */
export function opened(tensor: Tensor, active: readonly number[]): { symbols: Tensor[]; here: Tensor } {
  const symbols = active.map((i) => f.input('operand', tensor.inputs[i]!))
  const inputs = tensor.inputs.map((input, i) => symbols[active.indexOf(i)] ?? input)
  return { symbols, here: intern(tensor.operation, inputs, tensor.attributes) }
}

/** Forward mode by fresh symbols: nothing older than they are depends on them, so no more is looked through. */
export function pushed(output: Tensor, symbols: readonly Tensor[], tangents: readonly Tensor[]): Tensor {
  const since = newerThan(symbols)
  const cotangent = f.input('cotangent', output)
  const back = pullback([output], symbols, since)([cotangent])
  return pullback(back, [cotangent], since)(tangents)[0]!
}

/**
 * The derivatives of an elementwise operation, element by element: ∂y/∂xᵢ of each active input (undefined where it is
 * 0), and, if asked, every ∂²y/∂xᵢ∂xⱼ that is not 0, in both orders of i and j.
 */
export function derivativesOf(
  tensor: Tensor,
  active: readonly number[],
  second: boolean,
): { slopes: (Tensor | undefined)[]; bends: { i: number; j: number; bend: Tensor }[] } {
  const { symbols, here } = opened(tensor, active)
  const ones = f.broadcastTo(f.constant(1), tensor.shape)
  const sent = tensor.operation.derivative!({
    f,
    inputs: here.inputs,
    attributes: here.attributes,
    output: here,
    cotangent: ones,
    partials,
  })
  const back = (results: readonly Tensor[]): Tensor[] => {
    const given = new Map(symbols.map((symbol, k) => [symbol, plain(tensor.inputs[active[k]!]!)] as const))
    const valueAt = replay(results, given)
    return results.map((result) => valueAt(result).tensor)
  }
  const kept = (x: Tensor | null | undefined): Tensor | undefined =>
    x && f.uniformValue(x) !== 0 ? x : undefined
  const slopes = active.map((i) => kept(sent[i]))
  const bends = second
    ? slopes.flatMap((slope, i) => {
        if (!slope) return []
        const derivatives = pullback([slope], symbols, newerThan(symbols))([ones])
        return derivatives.flatMap((bend, j) => (kept(bend) ? [{ i, j, bend }] : []))
      })
    : []
  return {
    slopes: slopes.map((slope) => slope && kept(back([slope])[0])),
    bends: bends.map(({ i, j, bend }) => ({ i, j, bend: back([bend])[0]! })),
  }
}

function newerThan(symbols: readonly Tensor[]): (tensor: Tensor) => readonly Tensor[] {
  const oldest = Math.min(...symbols.map(({ id }) => id))
  return (tensor) => (tensor.id <= oldest ? [] : tensor.inputs)
}
