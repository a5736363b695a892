import { describe, expect, it } from 'vitest'
import { grad } from '../derivative/index.ts'
import {
  evaluate,
  expectDerivatives,
  generator,
  randomLike,
  weighted,
} from '../finite-differences.test-helper.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import { referenceRuntime } from '../runtime/reference.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import * as f from './index.ts'

const inf = Number.POSITIVE_INFINITY
const float = (name: string, ...shape: number[]): Tensor => f.input(name, { shape, dtype: 'float32' })
const labels = f.constant({ shape: [2, 3], data: [0, 3, 1, 2, 2, 0] }, { dtype: 'int32' })
const shares = f.constant({
  shape: [2, 3, 4],
  data: Array.from({ length: 24 }, (_, i) => [0.5, 0, 0.2, 0.3][i % 4]!),
})

/** Two matrices [3, 3], of x: [2, 3, 4]. */
const squares = (x: Tensor): Tensor => f.slice(x, { axis: 2, start: 1 })

/** What networks are built of, each of x: [2, 3, 4]. */
const compositions: Record<string, (x: Tensor) => Tensor> = {
  logSoftmax: (x) => f.logSoftmax(x),
  'logSoftmax along another axis': (x) => f.logSoftmax(x, { axis: 1 }),
  'crossEntropy of classes': (x) => f.crossEntropy(x, labels),
  'crossEntropy of probabilities': (x) => f.crossEntropy(x, shares),
  layerNorm: (x) => f.layerNorm(x),
  'layerNorm along another axis': (x) => f.layerNorm(x, { axis: 0, epsilon: 0.1 }),
  attention: (x) => {
    const keys = f.add(f.sin(x), 0.3)
    const scores = f.mul(1 / Math.sqrt(4), f.matmul(x, keys, { transposeB: true }))
    return f.matmul(f.softmax(scores), f.tanh(keys))
  },
  cumprod: (x) => f.cumprod(x, { axis: 2 }),
  'cumprod from the end': (x) => f.cumprod(x, { axis: 1, reverse: true }),
  diagonal: (x) => f.diagonal(squares(x)),
  diagonalMatrix: (x) => f.diagonalMatrix(x),
  trace: (x) => f.trace(squares(x)),
  embeddings: (x) => f.gather(f.reshape(x, [6, 4]), labels, { axis: 0 }),
}

describe.each(Object.entries(compositions))('%s', (_name, build) => {
  it('has the right first and second derivatives', () => {
    const x = float('x', 2, 3, 4)
    const given = new Map([[x, randomLike(x, generator(3))]])
    expectDerivatives(weighted([build(x)], generator(4)), [x], given, { order: 2 })
  })

  it('is the same in ONNX Runtime, and so is its gradient', async () => {
    const results = await both([2, 3, 4], Array.from(randomLike(float('x', 2, 3, 4), generator(5))), (x) => {
      const y = build(x)
      return { y, dx: grad(weighted([y], generator(6)), [x])[0]! }
    })
    for (const name of ['y', 'dx'])
      for (const [i, value] of results.exact[name]!.entries())
        expect(Math.abs(results.onnx[name]![i]! - value)).toBeLessThan(5e-6 * Math.max(1, Math.abs(value)))
  })
})

async function both(shape: Shape, x: readonly number[], step: (x: Tensor) => Record<string, Tensor>) {
  const run = async (runtime: Runtime): Promise<Record<string, number[]>> => {
    const program = await compile(
      {
        name: 'composition',
        inputs: { x: { shape, dtype: 'float32' } },
        step: ({ inputs }) => ({ outputs: step(inputs['x']!) }),
      },
      { runtime },
    )
    const results = await program.run({ x: Float32Array.from(x) })
    await program.dispose()
    return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Array.from(data)]))
  }
  return { exact: await run(referenceRuntime), onnx: await run(nodeCpu({ threads: 1 })) }
}

it('crossEntropy is exact for sure and hopeless classes, far from 0, and sends nothing to what is masked', async () => {
  const classes = f.constant({ shape: [5], data: [0, 1, 2, 1, 0] }, { dtype: 'int32' })
  const rows = [
    [2, -inf, 1],
    [0, 200, 0],
    [300, 0, 0],
    [1e6, 1e6 + 1, 1e6],
    [0, 0, 0],
  ]
  const loss = [Math.log1p(Math.exp(-1)), 0, 300, Math.log(2 + Math.E) - 1, Math.log(3)]
  const softmaxOf = (row: number[]): number[] => {
    const total = row.reduce((sum, value) => sum + Math.exp(value - Math.max(...row)), 0)
    return row.map((value) => Math.exp(value - Math.max(...row)) / total)
  }
  const target = [0, 1, 2, 1, 0]
  const slopes = rows.flatMap((row, r) => softmaxOf(row).map((p, k) => p - Number(k === target[r])))
  const { exact, onnx } = await both([5, 3], rows.flat(), (x) => {
    const y = f.crossEntropy(x, classes)
    return { y, dx: grad(f.sum(y), [x])[0]! }
  })
  for (const { y, dx } of [exact, onnx] as { y: number[]; dx: number[] }[]) {
    for (const [i, value] of loss.entries()) expect(Math.abs(y[i]! - value)).toBeLessThan(1e-6 * (1 + value))
    for (const [i, value] of slopes.entries()) expect(dx[i]).toBeCloseTo(value, 6)
    expect(dx[1]! === 0).toBe(true)
  }
})

it('logSoftmax keeps −∞, and crossEntropy of probabilities takes 0 · ln 0 for 0', async () => {
  const rows = [-inf, 1, 1, -inf, -inf, -inf]
  const p = f.constant({ shape: [2, 3], data: [0, 0.25, 0.75, 0, 0, 0] })
  const { exact, onnx } = await both([2, 3], rows, (x) => {
    const loss = f.crossEntropy(x, p)
    return { y: f.logSoftmax(x), loss, dx: grad(f.sum(loss), [x])[0]! }
  })
  for (const { y, loss, dx } of [exact, onnx] as { y: number[]; loss: number[]; dx: number[] }[]) {
    for (const [i, value] of [-inf, -Math.LN2, -Math.LN2, -inf, -inf, -inf].entries())
      expect(y[i]).toBeCloseTo(value, 6)
    expect(loss[0]).toBeCloseTo(Math.LN2, 6)
    expect(Math.abs(loss[1]!)).toBe(0)
    for (const [i, value] of [0, 0.25, -0.25, 0, 0, 0].entries()) expect(dx[i]).toBeCloseTo(value, 6)
  }
})

it('layerNorm has mean 0 and variance v/(v + ε); a row of equal elements becomes 0 with a finite gradient', () => {
  const x = float('x', 2, 4)
  const given = new Map([[x, Float64Array.of(1, 2, 3, 6, 5, 5, 5, 5)]])
  const y = evaluate(f.layerNorm(x, { epsilon: 0.5 }), given)
  // Mean 3, variance (4 + 1 + 0 + 9)/4 = 3.5.
  for (const [i, value] of [-1, -0.5, 0, 1.5, 0, 0, 0, 0].entries()) expect(y[i]).toBeCloseTo(value, 14)
  const dx = evaluate(grad(weighted([f.layerNorm(x)], generator(1)), [x])[0]!, given)
  for (const value of dx) expect(Number.isFinite(value)).toBe(true)
  expect(() => f.layerNorm(x, { epsilon: 0 })).toThrow('must be above 0')
})

it('refuses a target that does not fit', () => {
  const x = float('x', 2, 3)
  expect(() => f.crossEntropy(x, float('p', 2))).toThrow('is no target for logits')
  expect(() => f.crossEntropy(x, f.input('k', { shape: [3], dtype: 'int32' }))).toThrow(
    'is no target for logits',
  )
})
