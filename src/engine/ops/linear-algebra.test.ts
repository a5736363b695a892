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

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
const runtimes: readonly Runtime[] = [referenceRuntime, nodeCpu({ threads: 1 })]
const float = (name: string, ...shape: number[]): Tensor => f.input(name, { shape, dtype: 'float32' })

async function run(
  runtime: Runtime,
  given: Readonly<Record<string, { shape: Shape; data: ArrayLike<number> }>>,
  step: (given: Readonly<Record<string, Tensor>>) => Record<string, Tensor>,
): Promise<Record<string, number[]>> {
  const program = await compile(
    {
      name: 'linear algebra',
      inputs: Object.fromEntries(
        Object.entries(given).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
      ),
      step: ({ inputs }) => ({ outputs: step(inputs) }),
    },
    { runtime },
  )
  const arrays = Object.entries(given).map(([name, { data }]) => [name, Float32Array.from(data)] as const)
  const results = await program.run(Object.fromEntries(arrays))
  await program.dispose()
  return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Array.from(data)]))
}

/** W Wᵀ + I/4 for random W: [n, n], whose Cholesky factor nobody told. */
function positive(w: Tensor): Tensor {
  const n = w.shape.at(-1)!
  const identity = f.diagonalMatrix(f.broadcastTo(f.constant(0.25), [n]))
  return f.add(f.matmul(w, w, { transposeB: true }), f.broadcastTo(identity, w.shape))
}

const matrices = [1, 2, 3, 5, 8, 13].map((n) => ({ n }))

describe.each(runtimes.map((runtime) => ({ name: runtime.name, runtime })))('on $name', ({ runtime }) => {
  it.each(matrices)(
    'triangularSolve solves all four systems with n = $n, and looks at one triangle only',
    async ({ n }) => {
      const random = generator(n)
      // Diagonals from 1 to 2; the rest is small enough that n of them do not blow up.
      const l = Array.from({ length: 2 * n * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n) % n, at % n]
        return Math.fround(i === j ? 1 + random() : (2 * random() - 1) / Math.sqrt(n))
      })
      const x = Array.from({ length: 2 * n * 3 }, () => Math.fround(2 * random() - 1))
      for (const upper of [false, true])
        for (const transpose of [false, true]) {
          const used = (i: number, j: number): number => (upper ? (j >= i ? 1 : 0) : i >= j ? 1 : 0)
          const b = x.map((_, at) => {
            const [batch, i, column] = [Math.floor(at / (3 * n)), Math.floor(at / 3) % n, at % 3]
            let sum = 0
            for (let k = 0; k < n; k++) {
              const [row, col] = transpose ? [k, i] : [i, k]
              sum += used(row, col) * l[(batch * n + row) * n + col]! * x[(batch * n + k) * 3 + column]!
            }
            return sum
          })
          // What must not be read is NaN.
          const half = l.map((value, at) => (used(Math.floor(at / n) % n, at % n) ? value : nan))
          const given = { l: { shape: [2, n, n], data: half }, b: { shape: [2, n, 3], data: b } }
          const { y } = await run(runtime, given, ({ l, b }) => ({
            y: f.triangularSolve(l!, b!, { upper, transpose }),
          }))
          for (const [at, value] of x.entries()) expect(Math.abs(y![at]! - value)).toBeLessThan(2e-6)
        }
    },
  )

  it.each(matrices)(
    'cholesky of L Lᵀ is L, and the logarithm of its determinant that of L squared, n = $n',
    async ({ n }) => {
      const random = generator(n)
      const l = Array.from({ length: n * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n]
        return i < j ? 0 : i === j ? 1 + random() : (2 * random() - 1) / Math.sqrt(n)
      })
      const a = l.map((_, at) => {
        let sum = 0
        for (let k = 0; k < n; k++) sum += l[Math.floor(at / n) * n + k]! * l[(at % n) * n + k]!
        return sum
      })
      const { root, log } = await run(runtime, { a: { shape: [n, n], data: a } }, ({ a }) => ({
        root: f.cholesky(a!),
        log: f.logDeterminant(a!),
      }))
      for (const [at, value] of l.entries()) expect(Math.abs(root![at]! - value)).toBeLessThan(3e-6)
      let expected = 0
      for (let i = 0; i < n; i++) expected += 2 * Math.log(l[i * (n + 1)]!)
      expect(log![0]).toBeCloseTo(expected, 5)
    },
  )

  it('the gradient of ln det A is A⁻¹, and its second derivative that of the inverse', async () => {
    const a = { shape: [2, 2], data: [2, 0.5, 0.5, 1] }
    const { first, second } = await run(runtime, { a }, ({ a }) => {
      const first = grad(f.logDeterminant(a!), [a!])[0]!
      return { first, second: grad(f.sum(f.diagonal(first)), [a!])[0]! }
    })
    // det = 1.75; ∂ tr A⁻¹ = −A⁻².
    const inverse = [1 / 1.75, -0.5 / 1.75, -0.5 / 1.75, 2 / 1.75] as const
    const [p, q, , r] = inverse
    for (const [i, value] of inverse.entries()) expect(first![i]).toBeCloseTo(value, 6)
    for (const [i, value] of [p * p + q * q, q * (p + r), q * (p + r), q * q + r * r].entries())
      expect(second![i]).toBeCloseTo(-value, 5)
  })

  it('a matrix that is not positive definite has no root: NaN', async () => {
    const { y } = await run(runtime, { a: { shape: [2, 2], data: [1, 2, 2, 1] } }, ({ a }) => ({
      y: f.logDeterminant(a!),
    }))
    expect(y).toEqual([nan])
  })

  it('sorts stably in both directions; infinities stand at the ends', async () => {
    const x = { shape: [2, 5], data: [3, -1, 3, inf, -1, 0, -inf, -0, 2, 1] }
    const results = await run(runtime, { x }, ({ x }) => ({
      up: f.sort(x!, { axis: 1 }),
      down: f.sort(x!, { axis: 1, descending: true }),
      where: f.argsort(x!, { axis: 1 }),
      back: f.argsort(x!, { axis: -1, descending: true }),
      columns: f.argsort(x!, { axis: 0 }),
      dx: grad(
        f.sum(
          f.mul(
            f.slice(f.sort(f.where(f.equal(x!, inf), 9, x!), { axis: 1 }), { axis: 1, start: 1 }),
            f.constant({ shape: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] }),
          ),
        ),
        [x!],
      )[0]!,
    }))
    expect(results).toEqual({
      up: [-1, -1, 3, 3, inf, -inf, 0, -0, 1, 2],
      down: [inf, 3, 3, -1, -1, 2, 1, 0, -0, -inf],
      where: [1, 4, 0, 2, 3, 1, 0, 2, 4, 3],
      back: [3, 0, 2, 1, 4, 3, 4, 0, 2, 1],
      columns: [1, 1, 1, 1, 0, 0, 0, 0, 0, 1],
      dx: [2, 0, 3, 0, 1, 5, 0, 6, 8, 7],
    })
  })
})

describe('derivatives', () => {
  it('of logDeterminant and cholesky of W Wᵀ + I/4', () => {
    const w = float('w', 4, 4)
    const given = new Map([[w, randomLike(w, generator(2))]])
    const both = f.add(f.logDeterminant(positive(w)), weighted([f.cholesky(positive(w))], generator(3)))
    expectDerivatives(both, [w], given, { order: 2 })
  })

  it('of a sorted vector', () => {
    const x = float('x', 3, 4)
    const given = new Map([[x, randomLike(x, generator(2))]])
    expectDerivatives(weighted([f.sin(f.sort(x, { axis: 0 }))], generator(3)), [x], given, { order: 2 })
  })

  it('of what triangularSolve does not read are 0', () => {
    const [l, b] = [float('l', 3, 3), float('b', 3, 1)]
    const given = new Map([
      [l, Float64Array.of(1, 7, 7, 2, 3, 7, 1, 1, 2)],
      [b, Float64Array.of(1, 2, 3)],
    ])
    const dl = evaluate(grad(f.sum(f.triangularSolve(l, b)), [l])[0]!, given)
    expect([dl[1], dl[2], dl[5]]).toEqual([0, 0, 0])
  })
})

it('triangle keeps one side', () => {
  const x = f.constant({ shape: [1, 3, 3], data: [1, 2, 3, 4, 5, 6, 7, 8, 9] })
  const keep = (options: Parameters<typeof f.triangle>[1]): number[] =>
    Array.from(evaluate(f.triangle(x, options), new Map()))
  expect(keep({ part: 'lower' })).toEqual([1, 0, 0, 4, 5, 0, 7, 8, 9])
  expect(keep({ part: 'upper' })).toEqual([1, 2, 3, 0, 5, 6, 0, 0, 9])
  expect(keep({ part: 'lower', strict: true })).toEqual([0, 0, 0, 4, 0, 0, 7, 8, 0])
  expect(keep({ part: 'upper', strict: true })).toEqual([0, 2, 3, 0, 0, 6, 0, 0, 0])
})

it('refuses what does not fit', () => {
  const l = float('l', 2, 3, 3)
  const mistakes: [() => unknown, string][] = [
    [() => f.triangularSolve(float('a', 2, 3), float('b', 2, 1)), 'holds no square matrices'],
    [() => f.triangularSolve(l, float('b', 3, 1)), 'is no right side for float32[2, 3, 3]'],
    [() => f.triangularSolve(l, float('b', 2, 3)), 'is no right side'],
    [() => f.cholesky(float('a', 3, 2)), 'holds no square matrices'],
    [() => f.triangle(float('v', 3), { part: 'lower' }), 'holds no square matrices'],
    [() => f.argsort(float('v', 3), { axis: 1 }), 'axis 1 does not exist'],
  ]
  for (const [mistake, message] of mistakes) expect(mistake).toThrow(message)
})
