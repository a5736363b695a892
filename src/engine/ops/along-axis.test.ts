import { describe, expect, it } from 'vitest'
import { grad } from '../derivative/index.ts'
import { evaluate } from '../finite-differences.test-helper.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import { referenceRuntime } from '../runtime/reference.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Tensor } from '../tensor.ts'
import * as f from './index.ts'

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
const runtimes: readonly Runtime[] = [referenceRuntime, nodeCpu({ threads: 1 })]
const float = (name: string, ...shape: number[]): Tensor => f.input(name, { shape, dtype: 'float32' })
const rows = (data: readonly (readonly number[])[], dtype: 'float32' | 'int32' = 'float32'): Tensor =>
  f.constant({ shape: [data.length, data[0]!.length], data: data.flat() }, { dtype })

async function run(
  runtime: Runtime,
  x: readonly (readonly number[])[],
  step: (x: Tensor) => Record<string, Tensor>,
): Promise<Record<string, number[]>> {
  const program = await compile(
    {
      name: 'along an axis',
      inputs: { x: { shape: [x.length, x[0]!.length], dtype: 'float32' } },
      step: ({ inputs }) => ({ outputs: step(inputs['x']!) }),
    },
    { runtime },
  )
  const results = await program.run({ x: Float32Array.from(x.flat()) })
  await program.dispose()
  return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Array.from(data)]))
}

describe.each(runtimes.map((runtime) => ({ name: runtime.name, runtime })))('on $name', ({ runtime }) => {
  it('takeAlongAxis takes from each row its own, and adds up what is taken twice on the way back', async () => {
    const indices = rows(
      [
        [2, 2],
        [0, 1],
      ],
      'int32',
    )
    const results = await run(
      runtime,
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      (x) => {
        const y = f.takeAlongAxis(x, indices, { axis: -1 })
        return {
          y,
          dx: grad(
            f.sum(
              f.mul(
                y,
                rows([
                  [1, 10],
                  [100, 1000],
                ]),
              ),
            ),
            [x],
          )[0]!,
        }
      },
    )
    expect(results).toEqual({ y: [3, 3, 4, 5], dx: [0, 0, 11, 100, 1000, 0] })
  })

  it('searchsorted counts the edges up to a value; an edge belongs to the bin right of it, or left if asked', async () => {
    const edges = rows([
      [-1, 0, 0, 2],
      [-inf, 0, 1, inf],
    ])
    const values = [
      [-2, -1, 0, 1, 2, inf, nan],
      [-inf, -5, 0, 0.5, 1, inf, nan],
    ]
    const results = await run(runtime, values, (x) => ({
      right: f.searchsorted(edges, x),
      left: f.searchsorted(edges, x, { side: 'left' }),
    }))
    expect(results).toEqual({
      right: [0, 1, 3, 3, 4, 4, 0, 1, 1, 2, 2, 3, 4, 0],
      left: [0, 0, 1, 3, 3, 4, 0, 0, 1, 1, 2, 2, 3, 0],
    })
  })

  it('relu, leakyRelu and elu keep NaN and infinities, and have the slope of their left side at 0', async () => {
    const results = await run(runtime, [[nan, -inf, -2, 0, 3, inf, 200]], (x) => ({
      relu: f.relu(x),
      leaky: f.leakyRelu(x, { slope: 0.25 }),
      elu: f.elu(x, { alpha: 2 }),
      drelu: grad(f.sum(f.relu(x)), [x])[0]!,
      dleaky: grad(f.sum(f.leakyRelu(x, { slope: 0.25 })), [x])[0]!,
      delu: grad(f.sum(f.elu(x, { alpha: 2 })), [x])[0]!,
      ddelu: grad(f.sum(grad(f.sum(f.elu(x, { alpha: 2 })), [x])[0]!), [x])[0]!,
    }))
    const e = Math.exp(-2)
    const expected: Record<string, number[]> = {
      relu: [nan, 0, 0, 0, 3, inf, 200],
      leaky: [nan, -inf, -0.5, 0, 3, inf, 200],
      elu: [nan, -2, 2 * Math.expm1(-2), 0, 3, inf, 200],
      drelu: [0, 0, 0, 0, 1, 1, 1],
      dleaky: [0.25, 0.25, 0.25, 0.25, 1, 1, 1],
      delu: [nan, 0, 2 * e, 2, 1, 1, 1],
      ddelu: [nan, 0, 2 * e, 2, 0, 0, 0],
    }
    for (const [name, values] of Object.entries(expected))
      for (const [i, value] of values.entries())
        if (Number.isFinite(value)) expect(results[name]![i], `${name} ${i}`).toBeCloseTo(value, 6)
        else expect(results[name]![i], `${name} ${i}`).toBe(value)
  })

  it('elu is relatively accurate near 0', async () => {
    const at = [-1e-3, -1e-8, -1e-20, -1e-30].map(Math.fround)
    const { y } = await run(runtime, [at], (x) => ({ y: f.elu(x) }))
    for (const [i, x] of at.entries()) expect(Math.abs(y![i]! / Math.expm1(x) - 1)).toBeLessThan(6e-7)
  })

  it('cumprod has exact derivatives where factors are 0', async () => {
    const x = [
      [2, 0, 3, 5],
      [0, 0, 3, 1],
    ]
    const { y, back, dx } = await run(runtime, x, (x) => {
      const y = f.cumprod(x, { axis: 1 })
      return { y, back: f.cumprod(x, { axis: 1, reverse: true }), dx: grad(f.sum(y), [x])[0]! }
    })
    expect(y).toEqual([2, 0, 0, 0, 0, 0, 0, 0])
    expect(back).toEqual([0, 0, 15, 5, 0, 0, 3, 1])
    // Σ y = x₀ (1 + x₁ (1 + x₂ (1 + x₃))): by hand.
    expect(dx).toEqual([1, 38, 0, 0, 1, 0, 0, 0])
  })

  it('diagonals, traces and diagonal matrices', async () => {
    const results = await run(
      runtime,
      [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      (x) => ({
        diagonal: f.diagonal(x),
        trace: f.trace(x),
        matrix: f.diagonalMatrix(f.diagonal(x)),
        dx: grad(f.trace(f.matmul(x, x)), [x])[0]!,
      }),
    )
    expect(results).toEqual({
      diagonal: [1, 5, 9],
      trace: [15],
      matrix: [1, 0, 0, 0, 5, 0, 0, 0, 9],
      dx: [2, 8, 14, 4, 10, 16, 6, 12, 18],
    })
  })
})

it('a stepped slice takes what JavaScript takes, for all starts, ends and steps', () => {
  const values = Array.from({ length: 7 }, (_, i) => i)
  const x = float('x', 7)
  const given = new Map([[x, Float64Array.from(values)]])
  for (let start = 0; start < 7; start++)
    for (let end = start; end <= 7; end++)
      for (let step = 1; step < 9; step++) {
        const taken = values.slice(start, end).filter((_, i) => i % step === 0)
        const y = f.slice(x, { axis: 0, start, end, step })
        expect(Array.from(evaluate(y, given))).toEqual(taken)
        const dx = evaluate(grad(f.sum(y), [x])[0]!, given)
        expect(Array.from(dx)).toEqual(values.map((value) => Number(taken.includes(value))))
        const inner = f.slice(f.slice(x, { axis: 0, start, step }), { axis: 0, start: 0, end: 1 })
        expect(Array.from(evaluate(inner, given))).toEqual([start])
      }
})

it('flipping twice is nothing', () => {
  const x = float('x', 2, 5)
  expect(f.flip(f.flip(x, { axis: 1 }), { axis: -1 })).toBe(x)
  expect(f.flip(f.flip(x, { axis: 1 }), { axis: 0 })).not.toBe(x)
})

it('refuses what does not fit', () => {
  const x = float('x', 2, 3)
  const whole = (...shape: number[]): Tensor => f.input('i', { shape, dtype: 'int32' })
  const mistakes: [() => unknown, string][] = [
    [() => f.takeAlongAxis(x, whole(1, 3), { axis: 1 }), 'does not index axis 1 of float32[2, 3]'],
    [() => f.takeAlongAxis(x, x, { axis: 1 }), 'does not index'],
    [() => f.takeAlongAxis(x, whole(2, 3), { axis: 2 }), 'axis 2 does not exist'],
    [() => f.scatterAddAlongAxis(x, whole(2, 1), { axis: 1, size: 4 }), 'does not say where'],
    [() => f.searchsorted(float('edges', 3, 4), x), 'are no edges for float32[2, 3]'],
    [() => f.slice(x, { axis: 1, start: 0, step: -1 }), 'a step of -1 leads nowhere'],
    [() => f.diagonal(x), 'holds no square matrices'],
    [() => f.trace(float('v', 3)), 'holds no square matrices'],
    [() => f.diagonalMatrix(f.constant(1)), 'has no axis'],
  ]
  for (const [mistake, message] of mistakes) expect(mistake).toThrow(message)
})
