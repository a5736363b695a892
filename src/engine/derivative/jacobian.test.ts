import { describe, expect, it } from 'vitest'
import {
  evaluate,
  expectDerivatives,
  type Given,
  generator,
  randomLike,
} from '../finite-differences.test-helper.ts'
import { graphCost } from '../graph.ts'
import { interpret } from '../interpret.ts'
import * as f from '../ops/index.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { grad, jacobianTrace, jacobianTraceEstimate, jvp } from './index.ts'

const float = (name: string, shape: Shape): Tensor => f.input(name, { shape, dtype: 'float32' })

/** A network x ↦ W₂ᵀ a(W₁ᵀ x + b) and symbols for its parameters. */
function network(rows: number, sizes: readonly [number, number, number], activation = f.tanh) {
  const [d, hidden, out] = sizes
  const parameters = [float('w1', [d, hidden]), float('b', [hidden]), float('w2', [hidden, out])]
  const [w1, b, w2] = parameters as [Tensor, Tensor, Tensor]
  const apply = (x: Tensor): Tensor =>
    f.matmul(activation(f.add(f.matmul(x, w1), f.broadcastTo(b, [rows, hidden]))), w2)
  return { parameters, apply }
}

function randomValues(symbols: readonly Tensor[], seed: number): Given {
  const random = generator(seed)
  return new Map(symbols.map((t) => [t, randomLike(t, random)]))
}

/** Σ_i ∂y_i/∂x_i by d forward passes: another way to the same number. */
function traceByForwardMode(y: Tensor, x: Tensor): Tensor {
  const d = x.shape[1]!
  const terms = Array.from({ length: d }, (_, i) => {
    const unit = f.constant({
      shape: [1, d],
      data: Float64Array.from({ length: d }, (_, k) => Number(k === i)),
    })
    const column = jvp([y], [x], [f.broadcastTo(unit, x.shape)])[0]!
    return f.reshape(f.slice(column, { axis: 1, start: i, end: i + 1 }), [x.shape[0]!])
  })
  return terms.reduce((a, b) => f.add(a, b))
}

const fields: Record<string, (x: Tensor, rows: number, d: number) => { y: Tensor; parameters: Tensor[] }> = {
  'a network': (x, rows, d) => {
    const { apply, parameters } = network(rows, [d, 5, d])
    return { y: apply(x), parameters }
  },
  'a network between a skip connection and factors for each row': (x, rows, d) => {
    const { apply, parameters } = network(rows, [d, 5, d], f.silu)
    const sigma = float('sigma', [rows, 1])
    const stretched = f.broadcastTo(f.sigmoid(sigma), [rows, d])
    const y = f.add(f.mul(stretched, x), f.mul(f.tanh(stretched), apply(f.mul(x, f.exp(f.neg(stretched))))))
    return { y, parameters: [...parameters, sigma] }
  },
  'the score of an energy': (x, rows, d) => {
    const { apply, parameters } = network(rows, [d, 5, 1], f.softplus)
    const score = f.neg(grad(f.sum(apply(x)), [x])[0]!)
    return { y: score, parameters }
  },
  'elementwise functions': (x) => ({ y: f.mul(f.sin(x), f.tanh(x)), parameters: [] }),
  'softmax, slices and concat': (x, _rows, d) => {
    const halves = [f.slice(x, { axis: 1, start: 1 }), f.slice(x, { axis: 1, start: 0, end: 1 })]
    return { y: f.softmax(f.mul(f.concat(d > 1 ? halves : [x], { axis: 1 }), x)), parameters: [] }
  },
}

describe.each(Object.entries(fields))('jacobianTrace of %s', (_name, field) => {
  it.each([1, 2, 4])('is Σ ∂y_i/∂x_i, d = %i', (d) => {
    const x = float('x', [3, d])
    const { y, parameters } = field(x, 3, d)
    const given = randomValues([x, ...parameters], 3)
    const [trace, expected] = interpret([jacobianTrace(y, x), traceByForwardMode(y, x)], given)
    for (const [b, value] of expected!.entries()) expect(trace![b]).toBeCloseTo(value, 12)
  })

  it('has the right derivatives, to second order', () => {
    const x = float('x', [2, 3])
    const { y, parameters } = field(x, 2, 3)
    const loss = f.sum(f.sin(jacobianTrace(y, x)))
    const wrt = [x, ...parameters]
    expectDerivatives(loss, wrt, randomValues(wrt, 4), { order: 2, tolerance: 1e-7 })
  })
})

it('implicit score matching of an energy has the right gradient in the parameters', () => {
  const x = float('x', [3, 2])
  const { y: score, parameters } = fields['the score of an energy']!(x, 3, 2)
  const loss = f.mean(f.add(f.mul(0.5, f.sum(f.mul(score, score), { axes: [1] })), jacobianTrace(score, x)))
  expectDerivatives(loss, parameters, randomValues([x, ...parameters], 6), { order: 2, tolerance: 1e-7 })
})

it('jacobianTraceEstimate over all sign vectors averages to the trace', () => {
  const x = float('x', [2, 3])
  const { y, parameters } = fields['a network']!(x, 2, 3)
  const given = randomValues([x, ...parameters], 8)
  const exact = evaluate(jacobianTrace(y, x), given)
  const mean = [0, 0]
  for (let signs = 0; signs < 8; signs++) {
    const data = Array.from({ length: 6 }, (_, i) => ((signs >> (i % 3)) & 1 ? 1 : -1))
    const estimate = evaluate(jacobianTraceEstimate(y, x, f.constant({ shape: [2, 3], data })), given)
    for (const b of [0, 1]) mean[b]! += estimate[b]! / 8
  }
  for (const b of [0, 1]) expect(mean[b]).toBeCloseTo(exact[b]!, 13)
})

it('jacobianTrace, unrolled, computes of the last product only the diagonal', () => {
  const rows = 64
  const cost = (d: number): { operations: number; flops: number } => {
    const x = float('x', [rows, d])
    return graphCost([jacobianTrace(network(rows, [d, 32, d]).apply(x), x, { way: 'unrolled' })])
  }
  const extra = {
    operations: cost(33).operations - cost(32).operations,
    flops: cost(33).flops - cost(32).flops,
  }
  // A pass: one row of W₂, one of W₁, a product with each row's slopes, one column of the last product.
  expect(extra.operations).toBe(4)
  // Two numbers a hidden unit for the column and one for the slopes; the forward pass's share is far smaller.
  expect(extra.flops).toBeLessThan(rows * 32 * 3 + 2 * rows * 32 * 2 + 2 * rows)
})

it('refuses what has no trace', () => {
  expect(() => jacobianTrace(float('y', [3, 2]), float('x', [3, 4]))).toThrow('y is [3, 2] and x [3, 4]')
})
