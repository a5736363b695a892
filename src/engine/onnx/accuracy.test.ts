import { describe, expect, it } from 'vitest'
import { grad } from '../derivative/index.ts'
import * as f from '../ops/index.ts'
import { compile } from '../program.ts'
import { nodeCpu } from '../runtime/node.ts'
import type { Tensor } from '../tensor.ts'

/** Both signs of n sizes spread evenly over the exponents from `smallest` to `largest`. */
function sizes(smallest: number, largest: number, n = 4000): number[] {
  const ratio = Math.log(largest / smallest)
  const positive = Array.from({ length: n }, (_, i) =>
    Math.fround(smallest * Math.exp((ratio * i) / (n - 1))),
  )
  return [...positive, ...positive.map((x) => -x)]
}

interface Claim {
  readonly operation: { (x: Tensor): Tensor; readonly operation: { reference: unknown; name: string } }
  readonly at: readonly number[]
  /** Largest error, relative to the exact value. */
  readonly relative: number
  /** Error that is allowed besides, in units of max(1, |x|): where the value is far smaller than 1 and x. */
  readonly absolute?: number
}

const all = sizes(1e-30, 80)
const claims: Record<string, Claim> = {
  expm1: { operation: f.expm1, at: all, relative: 6e-7 },
  log1p: { operation: f.log1p, at: sizes(1e-30, 1e30).filter((x) => x > -0.999), relative: 4e-7 },
  softplus: { operation: f.softplus, at: all, relative: 4e-7 },
  sigmoid: { operation: f.sigmoid, at: all, relative: 4e-7 },
  silu: { operation: f.silu, at: all, relative: 4e-7 },
  tanh: { operation: f.tanh, at: all, relative: 4e-7 },
  erf: { operation: f.erf, at: all, relative: 4e-7 },
  // 1 + erf in the left tail is a difference of near-equal numbers.
  gelu: { operation: f.gelu, at: all, relative: 4e-7, absolute: 1e-7 },
}

it.each(Object.entries(claims))(
  '%s is accurate in float32',
  async (_name, { operation, at, relative, absolute = 0 }) => {
    const { y } = await runOnce(1, at.length, at, operation)
    const [worst, x] = worstOf(at, y!, exact(operation, at), absolute)
    expect(worst, `worst at ${x}`).toBeLessThanOrEqual(relative)
  },
)

/** e^−|x| and what is made of it, exact in both tails: σ(x), σ(−x), and their product. */
function logistic(x: number): { left: number; right: number; slope: number } {
  const t = Math.exp(-Math.abs(x))
  const [small, large] = [t / (1 + t), 1 / (1 + t)]
  return { left: x < 0 ? small : large, right: x < 0 ? large : small, slope: small * large }
}

const tails = all.filter((x) => Math.abs(x) >= 3)
const slopes: Record<
  string,
  { of: (x: Tensor) => Tensor; at: readonly number[]; exact: (x: number) => number }
> = {
  expm1: { of: f.expm1, at: all, exact: Math.exp },
  sigmoid: { of: f.sigmoid, at: all, exact: (x) => logistic(x).slope },
  'sigmoid, twice': {
    of: (x) => grad(f.sum(f.sigmoid(x)), [x])[0]!,
    at: tails.filter((x) => Math.abs(x) < 40),
    exact: (x) => logistic(x).slope * (logistic(x).right - logistic(x).left),
  },
  'silu, in its tails': {
    of: f.silu,
    at: tails,
    exact: (x) => logistic(x).left + x * logistic(x).slope,
  },
  softplus: { of: f.softplus, at: all, exact: (x) => logistic(x).left },
  tanh: { of: f.tanh, at: all.filter((x) => Math.abs(x) < 40), exact: (x) => 4 * logistic(2 * x).slope },
}

/** Not y + 1, y (1 − y) and 1 − y², which are exact in mathematics only. */
it.each(Object.entries(slopes))(
  'the derivative of %s is accurate in float32',
  async (_name, { of, at, exact }) => {
    const { y } = await runOnce(1, at.length, at, (x) => grad(f.sum(of(x)), [x])[0]!)
    const [worst, x] = worstOf(at, y!, at.map(exact), 0)
    expect(worst, `worst at ${x}`).toBeLessThanOrEqual(1e-6)
  },
)

/**
 * Down to −104, where eˣ leaves float32 altogether. Below 1.2e-38 numbers have no full precision; node/cpu takes them
 * for 0, since they slow its kernels down a hundredfold: there the error is that of 0, and nothing becomes NaN.
 */
describe('far out on the left', () => {
  const at = Array.from({ length: 400 }, (_, i) => Math.fround(-70 - i / 8 + 0.003 * (i % 7)))
  const left = (x: number): number => logistic(x).left
  const cases: Record<string, [of: (x: Tensor) => Tensor, exact: (x: number) => number]> = {
    sigmoid: [f.sigmoid, left],
    silu: [f.silu, (x) => x * left(x)],
    softplus: [f.softplus, (x) => Math.log1p(Math.exp(x))],
    'the slope of sigmoid': [(x) => grad(f.sum(f.sigmoid(x)), [x])[0]!, (x) => logistic(x).slope],
    'the slope of silu': [(x) => grad(f.sum(f.silu(x)), [x])[0]!, (x) => left(x) + x * logistic(x).slope],
    'the second derivative of silu': [
      (x) => grad(f.sum(grad(f.sum(f.silu(x)), [x])[0]!), [x])[0]!,
      // s′ (2 + x (1 − 2 s)), s the logistic function.
      (x) => logistic(x).slope * (2 + x * (1 - 2 * left(x))),
    ],
  }
  it.each(Object.entries(cases))(
    '%s is right to a few units in the last place',
    async (_name, [of, exact]) => {
      const { y } = await runOnce(1, at.length, at, of)
      expect(at.some((x) => x < -104) && at.some((x) => x > -87)).toBe(true)
      for (const [i, x] of at.entries()) {
        const expected = exact(x)
        // Products of x with what was taken for 0 err by x times that.
        const tiny = 1.2e-38 * Math.max(1, Math.abs(x))
        const bound = Math.max(6e-7 * Math.abs(expected), Math.abs(expected) < tiny ? Math.abs(expected) : 0)
        expect(Math.abs(y![i]! - expected), `at ${x}: ${y![i]} against ${expected}`).toBeLessThanOrEqual(
          bound,
        )
      }
    },
  )
})

/** ln Σ eˣ of rows around one number each: near 0, where the sum's logarithm cancels, and far out. */
it('logsumexp is accurate in float32', async () => {
  const centres = [...sizes(1e-3, 1e30, 200), 0]
  const rows = centres.map((c, i) => [c, c + 1 / (i + 1), c - 3, c - 1e-3 * i].map(Math.fround))
  const { y } = await runOnce(centres.length, 4, rows.flat(), (x) => f.logsumexp(x, { axes: [1] }))
  for (const [i, row] of rows.entries()) {
    const largest = Math.max(...row)
    const expected = largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0))
    expect(Math.abs(y![i]! - expected), `row ${row}`).toBeLessThanOrEqual(3e-7 * (1.4 + Math.abs(largest)))
  }
})

it('logsumexp and softplus, log1p, expm1 keep infinities', async () => {
  const [inf, low] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const { y } = await runOnce(4, 2, [low, low, low, 1, inf, 1, inf, inf], (x) =>
    f.logsumexp(x, { axes: [1] }),
  )
  expect(Array.from(y!)).toEqual([low, 1, inf, inf])
  const at = (operation: (x: Tensor) => Tensor, values: number[]): Promise<number[]> =>
    runOnce(1, values.length, values, operation).then((result) => Array.from(result['y']!))
  expect(await at(f.softplus, [low, inf])).toEqual([0, inf])
  expect(await at(f.expm1, [low, inf])).toEqual([-1, inf])
  expect(await at(f.log1p, [-1, inf])).toEqual([low, inf])
})

async function runOnce(rows: number, columns: number, data: readonly number[], step: (x: Tensor) => Tensor) {
  const program = await compile(
    {
      name: 'once',
      inputs: { x: { shape: [rows, columns], dtype: 'float32' } },
      step: ({ inputs }) => ({ outputs: { y: step(inputs['x']!) } }),
    },
    { runtime: nodeCpu({ threads: 1 }) },
  )
  const result = await program.run({ x: Float32Array.from(data) })
  await program.dispose()
  return result
}

function exact({ operation }: Claim['operation'], at: readonly number[]): Float64Array {
  const reference = operation.reference as (inputs: { shape: number[]; data: Float64Array }[]) => Float64Array
  return reference([{ shape: [at.length], data: Float64Array.from(at) }])
}

/** The largest relative error above the absolute allowance, and where it is; float32's denormals count as 0. */
function worstOf(
  at: readonly number[],
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  absolute: number,
): [number, number] {
  let [worst, x] = [0, 0]
  for (let i = 0; i < at.length; i++) {
    const error = Math.abs(got[i]! - expected[i]!) - absolute * Math.max(1, Math.abs(at[i]!))
    const relative = error / Math.max(Math.abs(expected[i]!), 1.2e-38)
    if (relative > worst || Number.isNaN(relative)) [worst, x] = [relative, at[i]!]
  }
  return [worst, x]
}
