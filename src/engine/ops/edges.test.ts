import { describe, expect, it } from 'vitest'
import { grad } from '../derivative/index.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import { referenceRuntime } from '../runtime/reference.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import * as f from './index.ts'

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
const runtimes: readonly Runtime[] = [referenceRuntime, nodeCpu({ threads: 1 })]

/** What a step makes of x, as lists of numbers. */
async function run(
  runtime: Runtime,
  shape: Shape,
  x: readonly number[],
  step: (x: Tensor) => Readonly<Record<string, Tensor>>,
): Promise<Record<string, number[]>> {
  const program = await compile(
    {
      name: 'edge',
      inputs: { x: { shape, dtype: 'float32' } },
      step: ({ inputs }) => ({ outputs: step(inputs['x']!) }),
    },
    { runtime },
  )
  const results = await program.run({ x: Float32Array.from(x) })
  await program.dispose()
  return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Array.from(data)]))
}

/** Σ of k · element k, so that each element's cotangent is another. */
function weighted(y: Tensor): Tensor {
  const weights = Float64Array.from({ length: sizeOf(y.shape) }, (_, k) => k + 1)
  return f.sum(f.mul(y, f.constant({ shape: y.shape, data: weights })))
}

function expectClose(got: readonly number[] | undefined, exact: readonly number[]): void {
  expect(got!.length).toBe(exact.length)
  for (const [i, value] of exact.entries())
    if (value === 0 || !Number.isFinite(value))
      expect(got![i], `element ${i}`).toBe(value === 0 ? 0 * got![i]! : value)
    else expect(Math.abs(got![i]! / value - 1), `element ${i}: ${got![i]}`).toBeLessThan(1e-6)
}

const mask = (shape: Shape, data: number[]): Tensor => f.constant({ shape, data }, { dtype: 'bool' })

describe.each(runtimes.map((runtime) => ({ name: runtime.name, runtime })))('on $name', ({ runtime }) => {
  it('norm is exact at 0 and for sizes whose squares float32 cannot hold; its gradient at 0 is 0', async () => {
    const rows = [0, 0, 3, 4, 1e-30, 0, 3e30, -4e30, 0, -2]
    const { y, dx, second } = await run(runtime, [5, 2], rows, (x) => {
      const y = f.norm(x, { axes: [1] })
      const dx = grad(f.sum(y), [x])[0]!
      return { y, dx, second: grad(weighted(f.slice(dx, { axis: 0, start: 0, end: 2 })), [x])[0]! }
    })
    expectClose(y, [0, 5, 1e-30, 5e30, 2])
    expectClose(dx, [0, 0, 0.6, 0.8, 1, 0, 0.6, -0.8, 0, -1])
    // (I − u uᵀ)/‖x‖ times (3, 4), which is u · 5: 0 up to rounding. At 0 nothing comes through.
    expect(second!.slice(0, 2)).toEqual([0, 0])
    for (const value of second!.slice(2)) expect(Math.abs(value)).toBeLessThan(1e-6)
    expect(await run(runtime, [2, 2], [inf, 1, 2, nan], (x) => ({ y: f.norm(x, { axes: [1] }) }))).toEqual({
      y: [inf, nan],
    })
  })

  it('the derivative of √ at 0 is ∞', async () => {
    const { dx } = await run(runtime, [2], [0, 4], (x) => ({ dx: grad(f.sum(f.sqrt(x)), [x])[0]! }))
    expect(dx).toEqual([inf, 0.25])
  })

  it('softmax gives what is masked exactly 0, and shares evenly where all is infinite', async () => {
    const rows = [1, -inf, 2, -inf, -inf, -inf, inf, 5, inf, -inf, 7, -inf]
    const { y, dx } = await run(runtime, [4, 3], rows, (x) => {
      const y = f.softmax(x)
      return { y, dx: grad(weighted(y), [x])[0]! }
    })
    const p = 1 / (1 + Math.E)
    const third = 1 / 3
    expectClose(y, [p, 0, 1 - p, third, third, third, 0.5, 0, 0.5, 0, 1, 0])
    // y (k − Σ k y): k = 1, 2, 3 in the first row and 4, 5, 6 in the second; 7, 8, 9 in the third.
    const spread = p * (1 - p) * 2
    const expected = [-spread, 0, spread, -third, 0, third, -0.5, 0, 0.5, 0, 0, 0]
    for (const [i, value] of expected.entries()) expect(dx![i]).toBeCloseTo(value, 6)
    for (const i of [1, 7, 9, 11]) expect(dx![i]! === 0, `masked ${i}`).toBe(true)
  })

  it('logsumexp has softmax for its gradient: also where all is −∞, and far from 0', async () => {
    const rows = [1, -inf, 2, -inf, -inf, -inf, 1e6, 1e6 + 1, 1e6]
    const { y, dx, second } = await run(runtime, [3, 3], rows, (x) => {
      const y = f.logsumexp(x, { axes: [1] })
      const dx = grad(f.sum(y), [x])[0]!
      return { y, dx, second: grad(weighted(dx), [x])[0]! }
    })
    const p = 1 / (1 + Math.E)
    const q = 1 / (2 + Math.E)
    expectClose(y, [2 + Math.log1p(Math.exp(-1)), -inf, 1e6 + Math.log(2 + Math.E)])
    expectClose(dx, [p, 0, 1 - p, 1 / 3, 1 / 3, 1 / 3, q, 1 - 2 * q, q])
    for (const value of second!) expect(value).not.toBeNaN()
  })

  it('logsumexp over several axes has the softmax of them all for its gradient', async () => {
    const values = Array.from({ length: 12 }, (_, i) => (i === 5 ? -inf : Math.fround(Math.sin(i))))
    const { dx } = await run(runtime, [2, 3, 2], values, (x) => {
      const y = f.logsumexp(x, { axes: [0, 2] })
      return { dx: grad(f.sum(y), [x])[0]! }
    })
    const group = (i: number): number => Math.floor(i / 2) % 3
    const totals = [0, 0, 0]
    for (const [i, value] of values.entries()) totals[group(i)]! += Math.exp(value)
    expectClose(
      dx,
      values.map((value, i) => Math.exp(value) / totals[group(i)]!),
    )
  })

  it('no NaN passes a mask: partly and wholly masked rows send exact zeros to what was masked', async () => {
    const open = mask([3, 3], [1, 0, 1, 0, 0, 0, 1, 1, 1])
    const scores = [0.5, 1e30, -1, 1, 2, 3, 1, 1, 1]
    const results = await run(runtime, [3, 3], scores, (x) => {
      const masked = f.where(open, x, -inf)
      const attention = f.softmax(masked)
      const total = f.logsumexp(masked, { axes: [1] })
      return {
        soft: grad(weighted(attention), [x])[0]!,
        // The logarithm of a share that is 0 is never taken.
        log: grad(f.sum(f.where(mask([3], [1, 0, 1]), total, 0)), [x])[0]!,
        penalty: grad(weighted(grad(weighted(attention), [x])[0]!), [x])[0]!,
      }
    })
    for (const [name, values] of Object.entries(results)) {
      for (const i of [1, 3, 4, 5]) expect(values[i]! === 0, `${name}, masked ${i}: ${values[i]}`).toBe(true)
      for (const value of values) expect(value, name).not.toBeNaN()
    }
    const p = 1 / (1 + Math.exp(-1.5))
    expect(results['log']![0]).toBeCloseTo(p, 6)
    expect(results['soft']![0]).toBeCloseTo(-2 * p * (1 - p), 6)
  })

  it('a branch that is safe inside where has the exact gradient where it is taken and 0 elsewhere', async () => {
    const { dx } = await run(runtime, [4], [0, 2, -1, 0.5], (x) => {
      const inside = f.greater(x, 0)
      const safe = f.where(inside, x, 1)
      const y = f.where(inside, f.add(f.log(safe), f.add(f.sqrt(safe), f.reciprocal(safe))), 0)
      return { dx: grad(f.sum(y), [x])[0]! }
    })
    const slope = (x: number): number => 1 / x + 0.5 / Math.sqrt(x) - 1 / (x * x)
    expectClose(dx, [0, slope(2), 0, slope(0.5)])
  })

  it('pow has its limits at 0 and where the base is negative and the power whole', async () => {
    const powers = [0, 0.5, 1, 2, 3, 2, 0, -1]
    const bases = [0, 0, 0, 0, 0, -3, -3, -2]
    const { y, dx, dy } = await run(runtime, [8], powers, (power) => {
      const x = f.constant({ shape: [8], data: bases })
      const hidden = f.add(x, f.mul(0, f.stopGradient(power)))
      const y = f.pow(hidden, power)
      const [dx, dy] = grad(f.sum(y), [hidden, power]) as [Tensor, Tensor]
      return { y, dx, dy: f.slice(dy, { axis: 0, start: 0, end: 5 }) }
    })
    expectClose(y, [1, 0, 0, 0, 0, 9, 1, -0.5])
    expectClose(dx, [0, inf, 1, 0, 0, -6, 0, -0.25])
    expectClose(dy, [0, 0, 0, 0, 0])
  })

  it('powers that are known while tracing have the limits of the others at 0', async () => {
    // Value, slope and second derivative of x^p at 0, by hand.
    const limits: readonly [power: number, ...number[]][] = [
      [0, 1, 0, 0],
      [0.5, 0, inf, -inf],
      [1, 0, 1, 0],
      [1.5, 0, 0, inf],
      [2, 0, 0, 2],
      [2.5, 0, 0, 0],
      [3, 0, 0, 0],
    ]
    for (const [power, ...expected] of limits) {
      const { y, dx, second } = await run(runtime, [1], [0], (x) => {
        const y = f.pow(x, power)
        const dx = grad(f.sum(y), [x])[0]!
        return { y: f.add(y, 0), dx: f.add(dx, 0), second: f.add(grad(f.sum(dx), [x])[0]!, 0) }
      })
      expect([...y!, ...dx!, ...second!], `x^${power}`).toEqual(expected)
    }
  })

  it('powers that vary have the right second derivatives at 0, too', async () => {
    const { second } = await run(runtime, [2, 5], [0, 0, 0, 0, 0, 0, 1, 2, 2.5, 3], (both) => {
      const base = f.slice(both, { axis: 0, start: 0, end: 1 })
      const dx = grad(f.sum(f.pow(base, f.slice(both, { axis: 0, start: 1 }))), [base])[0]!
      return { second: grad(f.sum(dx), [base])[0]! }
    })
    expect(second!.map(Math.abs)).toEqual([0, 0, 2, 0, 0])
  })

  it.each([2, 3, 9, 40])('maxOver and minOver of %i keep a NaN, wherever it stands', async (n) => {
    // Row r has its NaN at r; the last row has none, but an infinity at either end.
    const rows = Array.from({ length: n + 1 }, (_, r) =>
      Array.from({ length: n }, (_, i) =>
        r === i ? nan : r < n ? i : i === 0 ? -inf : i === n - 1 ? inf : i,
      ),
    )
    const columns = Array.from({ length: n }, (_, i) => rows.map((row) => row[i]!))
    const expected = (end: number): number[] => rows.map((_, r) => (r < n ? nan : end))
    for (const [axis, data] of [[1, rows] as const, [0, columns] as const]) {
      const shape = [data.length, data[0]!.length]
      const results = await run(runtime, shape, data.flat(), (x) => ({
        most: f.maxOver(x, { axes: [axis] }),
        least: f.minOver(x, { axes: [axis], keepDims: true }),
      }))
      expect(results).toEqual({ most: expected(inf), least: expected(-inf) })
    }
  })

  /** Operations on tensors without elements, of x: [0, 3] and the shape of each result. */
  const empty: Record<string, [build: (x: Tensor) => Tensor, shape: Shape]> = {
    'reshape to [3, 0]': [(x) => f.reshape(f.sin(x), [3, 0]), [3, 0]],
    'reshape to [0]': [(x) => f.reshape(f.sin(x), [0]), [0]],
    'reshape to [0, 1, 3]': [(x) => f.expandDims(f.sin(x), 1), [0, 1, 3]],
    'reshape with −1': [(x) => f.reshape(f.sin(x), [-1, 3]), [0, 3]],
    'sum over nothing': [(x) => f.sum(f.sin(x), { axes: [0] }), [3]],
    'sum of each of no rows': [(x) => f.sum(f.sin(x), { axes: [1] }), [0]],
    'norm over nothing': [(x) => f.norm(x), []],
    'the largest of each of no rows': [(x) => f.maxOver(f.sin(x), { axes: [1] }), [0]],
    'logsumexp of each of no rows': [(x) => f.logsumexp(f.sin(x), { axes: [1] }), [0]],
    softmax: [(x) => f.softmax(f.sin(x)), [0, 3]],
    'sigmoid and silu': [(x) => f.add(f.sigmoid(x), f.silu(x)), [0, 3]],
    transpose: [(x) => f.transpose(f.sin(x)), [3, 0]],
    concat: [
      (x) => f.concat([f.sin(x), f.constant({ shape: [1, 3], data: [1, 2, 3] })], { axis: 0 }),
      [1, 3],
    ],
    'a product without rows': [
      (x) => f.matmul(f.sin(x), f.constant({ shape: [3, 1], data: [1, 2, 3] })),
      [0, 1],
    ],
    'a product over nothing': [(x) => f.matmul(f.sin(x), f.cos(x), { transposeA: true }), [3, 3]],
    slice: [(x) => f.slice(f.sin(x), { axis: 1, start: 1, end: 3 }), [0, 2]],
    pad: [(x) => f.pad(f.sin(x), { axis: 0, before: 2 }), [2, 3]],
    flip: [(x) => f.flip(f.sin(x), { axis: 0 }), [0, 3]],
    'every second column': [(x) => f.slice(f.sin(x), { axis: 1, start: 0, step: 2 }), [0, 2]],
    'diagonal matrices of no rows': [(x) => f.diagonalMatrix(f.sin(x)), [0, 3, 3]],
    'diagonals of no matrices': [(x) => f.diagonal(f.reshape(f.sin(x), [3, 0, 0])), [3, 0]],
    cumprod: [(x) => f.cumprod(f.sin(x), { axis: 1 }), [0, 3]],
    'sort and argsort': [
      (x) => f.add(f.sort(f.sin(x), { axis: 1 }), f.cast(f.argsort(x, { axis: 1 }), 'float32')),
      [0, 3],
    ],
    'triangularSolve without columns': [
      (x) => f.triangularSolve(f.diagonalMatrix(f.broadcastTo(f.constant(2), [3])), f.transpose(f.sin(x))),
      [3, 0],
    ],
    'cholesky of no matrices': [(x) => f.cholesky(f.diagonalMatrix(f.exp(x))), [0, 3, 3]],
    'relu, leakyRelu and elu': [(x) => f.add(f.relu(x), f.add(f.leakyRelu(x), f.elu(x))), [0, 3]],
    'takeAlongAxis of no rows': [(x) => f.takeAlongAxis(f.sin(x), f.cast(x, 'int32'), { axis: 1 }), [0, 3]],
    'scatterAddAlongAxis of no rows': [
      (x) => f.scatterAddAlongAxis(f.sin(x), f.cast(x, 'int32'), { axis: 0, size: 2 }),
      [2, 3],
    ],
    cumsum: [(x) => f.cumsum(f.sin(x), { axis: 1 }), [0, 3]],
    'gather of no rows': [
      (x) => f.gather(f.sin(x), f.constant({ shape: [0], data: [] }, { dtype: 'int32' }), { axis: 1 }),
      [0, 0],
    ],
    scatterAdd: [
      (x) =>
        f.scatterAdd(f.sin(x), f.constant({ shape: [0], data: [] }, { dtype: 'int32' }), {
          axis: 0,
          size: 2,
        }),
      [2, 3],
    ],
    where: [(x) => f.where(f.greater(x, 0), f.sin(x), f.cos(x)), [0, 3]],
  }
  it.each(Object.entries(empty))(
    '%s works without elements, and has a gradient without elements',
    async (_name, [build, shape]) => {
      const { y, dx } = await run(runtime, [0, 3], [], (x) => {
        const y = build(x)
        expect(y.shape).toEqual(shape)
        const dx = grad(f.sum(y), [x])[0]!
        expect(dx.shape).toEqual([0, 3])
        return { y, dx: f.add(dx, 0) }
      })
      expect(y!.length).toBe(sizeOf(shape))
      if (!shape.includes(1)) expect(y).toEqual(y!.map(() => 0))
      expect(dx).toEqual([])
    },
  )
})

it('the largest of nothing does not exist, and −1 stands for one extent that is known', () => {
  const x = f.input('x', { shape: [0, 3], dtype: 'float32' })
  for (const wrong of [
    () => f.maxOver(x),
    () => f.minOver(x, { axes: [0] }),
    () => f.argmax(x, { axis: 0 }),
    () => f.reshape(x, [0, -1]),
    () => f.reshape(f.input('one', { shape: [4], dtype: 'float32' }), [-1, -1]),
  ])
    expect(wrong).toThrow(/no elements|could be anything/)
})
