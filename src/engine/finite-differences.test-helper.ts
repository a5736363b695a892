import { expect } from 'vitest'
import { grad } from './derivative/vjp.ts'
import { topologicalOrder } from './graph.ts'
import { interpret } from './interpret.ts'
import { constant } from './ops/constant.ts'
import { add, mul, sum } from './ops/index.ts'
import { type Shape, sizeOf } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Values of input symbols. */
export type Given = ReadonlyMap<Tensor, Float64Array>

/** A small fixed generator of numbers in [0, 1), independent of the engine's own streams. */
export function generator(seed: number): () => number {
  let state = seed
  for (let i = 0; i < 10; i++) state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Whether an element lies on the diagonal of a matrix in the last two axes: 1 or 0. */
export function onDiagonal(shape: Shape, at: number): number {
  const [rows, columns] = [shape.at(-2) ?? 0, shape.at(-1) ?? 0]
  return Number(Math.floor(at / columns) % rows === at % columns)
}

/** As many numbers from [−1, 1] as the tensor has elements. */
export function randomLike(x: Tensor, random: () => number): Float64Array {
  return Float64Array.from({ length: sizeOf(x.shape) }, () => 2 * random() - 1)
}

/** The value of one tensor in float64. */
export function evaluate(x: Tensor, given: Given): Float64Array {
  return interpret([x], given)[0]!
}

/** Σ ⟨x_i, c_i⟩ for fixed numbers c_i: a scalar that feels every element. */
export function weighted(tensors: readonly Tensor[], random: () => number): Tensor {
  return tensors
    .map((x) => sum(mul(x, constant({ shape: x.shape, data: randomLike(x, random) }))))
    .reduce((total, term) => add(total, term))
}

/** The slope of a scalar along a direction in `wrt`: five points, so it errs by h⁴ and by round-off / h. */
export function slope(
  scalar: Tensor,
  wrt: readonly Tensor[],
  directions: readonly Float64Array[],
  given: Given,
  h: number,
): number {
  const at = (step: number): number => {
    const moved = new Map(given)
    for (const [k, x] of wrt.entries())
      moved.set(
        x,
        given.get(x)!.map((value, i) => value + step * directions[k]![i]!),
      )
    return evaluate(scalar, moved)[0]!
  }
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
}

/**
 * Holds the gradient of a scalar against finite differences; then that of a fixed combination of its first
 * derivatives, of its second ones, and so on up to `order`.
 */
export function expectDerivatives(
  scalar: Tensor,
  wrt: readonly Tensor[],
  given: Given,
  options: { order: number; tolerance?: number; h?: number; seed?: number },
): void {
  const { tolerance = 1e-6, h = 1e-3 } = options
  const random = generator(options.seed ?? 5)
  let current = scalar
  for (let order = 1; order <= options.order; order++) {
    const gradients = grad(current, wrt)
    const directions = wrt.map((x) => randomLike(x, random))
    const values = interpret(gradients, given)
    let exact = 0
    let size = 1
    for (const [k, value] of values.entries())
      for (const [i, part] of value.entries()) {
        exact += part * directions[k]![i]!
        size += Math.abs(part)
      }
    const measured = slope(current, wrt, directions, given, h)
    expect(
      Math.abs(exact - measured) / size,
      `derivative ${order}: ${exact} against ${measured}, in a graph of ${topologicalOrder(gradients).length}`,
    ).toBeLessThanOrEqual(tolerance)
    current = weighted(gradients, random)
  }
}
