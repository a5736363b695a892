import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  evaluate,
  expectDerivatives,
  type Given,
  generator,
  randomLike,
  weighted,
} from '../finite-differences.test-helper.ts'
import { graphCost, topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret.ts'
import type { Operation } from '../operation.ts'
import * as f from '../ops/index.ts'
import type { Shape } from '../shape.ts'
import { intern, type Tensor } from '../tensor.ts'
import { grad, hessianVectorProduct, jvp, vjp } from './index.ts'
import { cook, recipes } from './random-graphs.test-helper.ts'

const float = (name: string, shape: Shape = []): Tensor => f.input(name, { shape, dtype: 'float32' })
const numbers = (...values: number[]): Float64Array => Float64Array.from(values)
const dot = (a: readonly Float64Array[], b: readonly Float64Array[]): number =>
  a.reduce((total, x, k) => total + x.reduce((t, value, i) => t + value * b[k]![i]!, 0), 0)

/** 1 x₀ + 2 x₁ + … */
const weightedSum = (scalars: readonly Tensor[]): Tensor =>
  scalars.map((x, k) => f.mul(x, k + 1)).reduce((a, b) => f.add(a, b))

describe('of random expressions', () => {
  const x = float('x', [2, 3])
  const y = float('y', [2, 3])
  const random = generator(1)
  const given: Given = new Map([x, y].map((t) => [t, randomLike(t, random)]))

  it('agrees with finite differences to third order', () => {
    fc.assert(
      fc.property(recipes(7), (recipe) => {
        expectDerivatives(weighted([cook(recipe, [x, y])], generator(2)), [x, y], given, {
          order: 3,
          tolerance: 1e-5,
        })
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('is the same forward and backward: ⟨u, J v⟩ = ⟨Jᵀ u, v⟩', () => {
    fc.assert(
      fc.property(recipes(10), (recipe) => {
        const output = cook(recipe, [x, y])
        const u = float('u', output.shape)
        const v = [float('v', x.shape), float('w', y.shape)]
        const all = new Map([...given, ...[u, ...v].map((t) => [t, randomLike(t, random)] as const)])
        const forward = interpret(jvp([output], [x, y], v), all)
        const backward = interpret(vjp([output], [x, y], [u]), all)
        const left = dot(forward, [all.get(u)!])
        const right = dot(
          backward,
          v.map((t) => all.get(t)!),
        )
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(left)))
      }),
      { numRuns: 200, seed: 2 },
    )
  })

  it('has a symmetric Hessian: ⟨u, H v⟩ = ⟨H u, v⟩', () => {
    fc.assert(
      fc.property(recipes(6), (recipe) => {
        const scalar = weighted([cook(recipe, [x, y])], generator(3))
        const [u, v] = [0, 1].map(() => [x, y].map((t) => randomLike(t, random))) as [
          Float64Array[],
          Float64Array[],
        ]
        const constants = (data: Float64Array[]): Tensor[] =>
          data.map((d) => f.constant({ shape: [2, 3], data: d }))
        const left = dot(u, interpret(hessianVectorProduct(scalar, [x, y], constants(v)), given))
        const right = dot(v, interpret(hessianVectorProduct(scalar, [x, y], constants(u)), given))
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(left)))
      }),
      { numRuns: 60, seed: 3 },
    )
  })
})

describe('nested derivatives', () => {
  const x = float('x')
  const y = float('y')
  const given = new Map([
    [x, numbers(1)],
    [y, numbers(1)],
  ])

  it('do not confuse perturbations: d/dx (x · d/dy (x + y)) = 1', () => {
    const inner = grad(f.add(x, y), [y])[0]!
    expect(evaluate(grad(f.mul(x, inner), [x])[0]!, given)).toEqual(numbers(1))
  })

  it('do not confuse perturbations in forward mode, nor in forward over reverse', () => {
    const one = f.constant(1)
    const forward = jvp([f.add(x, y)], [y], [one])[0]!
    expect(evaluate(jvp([f.mul(x, forward)], [x], [one])[0]!, given)).toEqual(numbers(1))
    const reverse = grad(f.mul(x, y), [y])[0]! // = x
    expect(evaluate(jvp([f.mul(x, reverse)], [x], [one])[0]!, given)).toEqual(numbers(2))
  })

  it('of eˣ, sin, x⁴ are known to fourth order', () => {
    const nth = (y0: Tensor, n: number): number => {
      let current = y0
      for (let i = 0; i < n; i++) current = grad(current, [x])[0]!
      return evaluate(current, given)[0]!
    }
    expect(nth(f.exp(x), 4)).toBeCloseTo(Math.E, 14)
    expect(nth(f.sin(x), 3)).toBeCloseTo(-Math.cos(1), 14)
    expect(nth(f.pow(x, 4), 4)).toBeCloseTo(24, 12)
  })
})

describe('vjp and jvp', () => {
  const x = float('x', [2])
  const given = new Map([[x, numbers(0.3, -0.7)]])

  it('give zeros for what the outputs do not depend on', () => {
    const other = float('other', [3])
    expect(evaluate(grad(f.sum(f.sin(x)), [other])[0]!, given)).toEqual(numbers(0, 0, 0))
    const tangent = f.constant({ shape: [3], data: [1, 2, 3] })
    expect(evaluate(jvp([f.sin(x)], [other], [tangent])[0]!, given)).toEqual(numbers(0, 0))
  })

  it('differentiate with respect to tensors in the middle of the graph, and to outputs themselves', () => {
    const h = f.sin(x)
    const y = f.sum(f.mul(h, h))
    const [byMiddle, byInput] = interpret(grad(y, [h, x]), given)
    for (const [i, at] of [0.3, -0.7].entries()) {
      expect(byMiddle![i]).toBeCloseTo(2 * Math.sin(at), 14)
      expect(byInput![i]).toBeCloseTo(2 * Math.sin(at) * Math.cos(at), 14)
    }
    expect(evaluate(grad(y, [y])[0]!, given)).toEqual(numbers(1))
  })

  it('add up what overlapping and distant slices of one tensor send back, in few passes', () => {
    const long = float('long', [7])
    const ranges = [
      [0, 2],
      [4, 6],
      [1, 4],
      [2, 3],
      [5, 7],
      [0, 1],
    ] as const
    const parts = ranges.map(([start, end]) => f.sum(f.slice(long, { axis: 0, start, end })))
    const gradient = grad(weightedSum(parts), [long])[0]!
    const expected = Array.from({ length: 7 }, (_, i) =>
      ranges.reduce((total, [start, end], k) => total + (start <= i && i < end ? k + 1 : 0), 0),
    )
    expect(Array.from(evaluate(gradient, new Map()))).toEqual(expected)
    const disjoint = Array.from({ length: 7 }, (_, i) => f.slice(long, { axis: 0, start: i, end: i + 1 }))
    const exponentials = grad(weightedSum(disjoint.map((part) => f.sum(f.exp(part)))), [long])[0]!
    expect(graphCost([exponentials]).byOperation).toMatchObject({ concat: 1 })
    expect(graphCost([exponentials]).byOperation).not.toHaveProperty('add')
  })

  it('stop at stopGradient, but pass beside it', () => {
    const y = f.sum(f.mul(f.stopGradient(f.mul(x, x)), x))
    expect(Array.from(evaluate(grad(y, [x])[0]!, given))).toEqual([0.3 ** 2, (-0.7) ** 2])
  })

  it('leave nothing of the placeholder that forward mode is made with', () => {
    const tangent = f.input('tangent', { shape: [2], dtype: 'float32' })
    const order = topologicalOrder(jvp([f.softmax(f.silu(x))], [x], [tangent]))
    const symbols = order.filter((t) => t.operation.name === 'input')
    expect(new Set(symbols)).toEqual(new Set([x, tangent]))
  })

  it('are finite where a safe branch is chosen inside where, and not where it is not', () => {
    const at = new Map([[x, numbers(0, 2)]])
    const inside = f.greater(x, 0)
    const unsafe = f.sum(f.where(inside, f.log(x), 0))
    const safe = f.sum(f.where(inside, f.log(f.where(inside, x, 1)), 0))
    expect(evaluate(grad(unsafe, [x])[0]!, at)[0]).toBeNaN()
    expect(evaluate(grad(safe, [x])[0]!, at)).toEqual(numbers(0, 0.5))
  })

  it('say which rule forgets an input or sends it another shape', () => {
    const wrong = (derivative: NonNullable<Operation['derivative']>): Tensor =>
      intern({ ...f.add.operation, name: 'wrong', derivative }, [x, f.sin(x)], {})
    const forgets = wrong(({ cotangent }) => [cotangent])
    expect(() => grad(f.sum(forgets), [x])).toThrow('derivative of wrong sends [2] to [2], [2].')
    const reshapes = wrong(({ f: ops, cotangent }) => [null, ops.reshape(cotangent, [2, 1])])
    expect(() => grad(f.sum(reshapes), [x])).toThrow('derivative of wrong sends nothing, [2, 1] to [2], [2].')
  })

  it('say which cotangent or tangent is wrong', () => {
    expect(() => vjp([x], [x], [f.constant(1)])).toThrow('vjp: output 0 is [2], its cotangent [].')
    expect(() => jvp([x], [x], [])).toThrow('jvp: input 0 is [2], its tangent missing.')
    expect(() => grad(x, [x])).toThrow('only a scalar has a gradient')
  })
})
