import fc from 'fast-check'
import * as f from '../ops/index.ts'
import type { Tensor } from '../tensor.ts'

/** One step in building an expression: it takes earlier tensors [2, 3] and makes another. */
type Rule = (x: Tensor, y: Tensor, hide: (t: Tensor) => Tensor) => Tensor

const shape = [2, 3]

/** Smooth rules that keep values within a few units, so that finite differences mean something. */
const rules: readonly Rule[] = [
  (x) => f.tanh(x),
  (x) => f.sin(x),
  (x) => f.sigmoid(x),
  (x) => f.softplus(x),
  (x) => f.silu(x),
  (x) => f.gelu(x),
  (x) => f.atan(x),
  (x, _, hide) => f.exp(f.tanh(hide(x))),
  (x, _, hide) => hide(f.neg(hide(x))),
  (x, y) => f.add(x, y),
  (x, y) => f.sub(x, y),
  (x, y) => f.mul(f.tanh(x), y),
  (x, y, hide) => f.div(hide(x), f.add(f.square(y), 1)),
  (x, _, hide) => f.sqrt(f.add(f.square(hide(x)), 0.5)),
  (x, _, hide) => f.pow(f.add(f.sigmoid(x), 0.5), hide(f.broadcastTo(f.constant(3), shape))),
  (x, y, hide) => f.matmul(hide(x), f.tanh(f.matmul(y, hide(x), { transposeA: true }))),
  (x, y, hide) => f.transpose(hide(f.transpose(hide(f.add(x, y))))),
  (x, _, hide) => f.reshape(hide(f.reshape(hide(x), [3, 2])), shape),
  (x, y) =>
    f.concat([f.slice(x, { axis: 1, start: 1 }), f.slice(y, { axis: 1, start: 0, end: 1 })], { axis: 1 }),
  (x, _, hide) => f.pad(f.slice(hide(x), { axis: 1, start: 1, end: 2 }), { axis: 1, before: 2 }),
  (x, _, hide) => f.broadcastTo(hide(f.sum(hide(x), { axes: [0], keepDims: true })), shape),
  (x, y, hide) => f.mul(f.broadcastTo(hide(f.sum(f.tanh(x))), shape), f.sin(y)),
  (x) => f.softmax(x),
  (x) => f.broadcastTo(f.logsumexp(x, { axes: [1], keepDims: true }), shape),
  (x) => f.cumsum(x, { axis: 1 }),
  (x) => f.gather(x, f.constant({ shape: [3], data: [2, 0, 2] }, { dtype: 'int32' }), { axis: 1 }),
  (x, y) => f.where(f.greater(x, 0), f.sin(y), f.tanh(y)),
  (x, _, hide) => f.mul(hide(x), hide(f.broadcastTo(f.constant(0.5), shape))),
  (x, _, hide) => f.add(hide(x), hide(f.broadcastTo(f.constant({ shape: [1, 3], data: [0, 1, -1] }), shape))),
  (x, _, hide) =>
    f.broadcastTo(
      f.matmul(
        hide(f.broadcastTo(f.constant({ shape: [1, 2], data: [0, 1] }), shape.slice(0, 1).concat(2))),
        x,
      ),
      shape,
    ),
]

/** A recipe for an expression: which rule of which two earlier tensors, in turn. */
export type Recipe = readonly { rule: number; x: number; y: number }[]

/** Recipes of up to `size` steps; small ones first, so that a failure shrinks to the rule that is wrong. */
export function recipes(size: number): fc.Arbitrary<Recipe> {
  const step = fc.record({ rule: fc.nat(rules.length - 1), x: fc.nat(20), y: fc.nat(20) })
  return fc.array(step, { minLength: 1, maxLength: size })
}

/**
 * The recipe carried out on tensors [2, 3]. `hide` stands where simplification could look through; with one that adds
 * an unknown zero nothing is simplified.
 */
export function cook(
  recipe: Recipe,
  symbols: readonly Tensor[],
  hide: (t: Tensor) => Tensor = (t) => t,
): Tensor {
  const made = [...symbols]
  for (const { rule, x, y } of recipe)
    made.push(rules[rule]!(made[made.length - 1 - (x % made.length)]!, made[y % made.length]!, hide))
  return made.at(-1)!
}
