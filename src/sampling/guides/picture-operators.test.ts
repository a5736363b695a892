import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import { referenceRuntime } from '../../engine/runtime/reference.ts'
import { covarianceOf, exactDenoiser, reflection } from '../testing/exact.ts'
import {
  eventMap,
  fromNoiseLevel,
  knownCoordinates,
  type Operator,
  pictureBlur,
  pictureShrink,
  unchanged,
} from './index.ts'

const event = [2, 4, 6]
const d = 48
const rows = 3
const normal = (width: number, index: number): Float32Array =>
  new RandomStream({ seed: index, name: 'x' }).normal({ first: 0, count: rows, width })

const operators: readonly (readonly [string, Operator])[] = [
  ['pictureBlur', pictureBlur(event, 0.8)],
  ['a blur wider than the picture', pictureBlur(event, 5)],
  ['pictureShrink', pictureShrink(event, 2)],
  ['unchanged', unchanged(d)],
  ['knownCoordinates', knownCoordinates(d)],
  ['eventMap', eventMap({ event, observed: [2, 4], apply: (x) => f.mean(x, { axes: [3] }) })],
]
const known = Float32Array.from({ length: rows * d }, (_, i) => (i % 5 < 2 ? 1 : 0))

/** A x, Aᵀ y, and (a A Aᵀ + b I) of (a A Aᵀ + b I)⁻¹ A x, by float64. */
async function asked(operator: Operator): Promise<Record<string, f.HostArray>> {
  const given = Object.keys(operator.given).length > 0
  const program = await f.compile(
    {
      name: 'operator',
      inputs: {
        x: { shape: [rows, d], dtype: 'float32' },
        y: { shape: [rows, operator.width], dtype: 'float32' },
        ...(given ? { known: { shape: [rows, d], dtype: 'float32' } } : {}),
      },
      step: ({ inputs }) => {
        const own = given ? { known: inputs['known']! } : {}
        const x = f.variable(inputs['x']!)
        const seen = operator.apply(x, own)
        const transposed = (u: f.Tensor): f.Tensor => f.vjp([seen], [x], [u])[0]!
        const ofRows = (value: number): f.Tensor => f.broadcastTo(f.constant(value), [rows])
        const solved = operator.solve?.(seen, { a: ofRows(1.5), b: ofRows(0.2) }, own)
        const again = solved && f.add(f.mul(operator.apply(transposed(solved), own), 1.5), f.mul(solved, 0.2))
        return { outputs: { seen, adjoint: transposed(inputs['y']!), again: again ?? seen } }
      },
    },
    { runtime: referenceRuntime, loop: false },
  )
  return program.run({ x: normal(d, 1), y: normal(operator.width, 2), ...(given ? { known } : {}) })
}

describe.each(operators)('%s', (_, operator) => {
  it('⟨A x, y⟩ = ⟨x, Aᵀ y⟩, and solve inverts a A Aᵀ + b I', async () => {
    const { seen, adjoint, again } = await asked(operator)
    const [x, y] = [normal(d, 1), normal(operator.width, 2)]
    const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(Math.abs(inner(seen!, y) - inner(x, adjoint!))).toBeLessThan(1e-5 * Math.sqrt(inner(y, y)))
    const far = Math.max(...Array.from(again!, (value, i) => Math.abs(value - seen![i]!)))
    expect(far).toBeLessThan(1e-5)
  })
})

it('a blur keeps a constant, spreads a point by its variance, and a shrunk picture has the means', async () => {
  const shape = [1, 1, 41]
  const program = await f.compile(
    {
      name: 'blur',
      inputs: { x: { shape: [2, 41], dtype: 'float32' } },
      step: ({ inputs }) => ({
        outputs: {
          blurred: pictureBlur(shape, 2).apply(inputs['x']!, {}),
          small: pictureShrink([1, 2, 20], 2).apply(
            f.slice(inputs['x']!, { axis: 1, start: 1, end: 41 }),
            {},
          ),
        },
      }),
    },
    { runtime: referenceRuntime, loop: false },
  )
  const x = new Float32Array(82).fill(0.3, 0, 41)
  x[41 + 20] = 1
  const { blurred, small } = (await program.run({ x })) as Record<string, f.HostArray>
  for (const value of blurred!.subarray(0, 41)) expect(value).toBeCloseTo(0.3, 6)
  const weights = Array.from(blurred!.subarray(41))
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
  expect(weights.reduce((sum, weight, i) => sum + weight * (i - 20) ** 2, 0)).toBeCloseTo(4, 1)
  // The point is at place 19 of 0 … 39, in two rows of twenty: in the last square of the first row.
  for (const value of small!.subarray(0, 10)) expect(value).toBeCloseTo(0.3, 6)
  expect(Array.from(small!.subarray(10))).toEqual([...new Array(9).fill(0), 0.25])
})

it.each([
  ['a blur of nothing', () => pictureBlur(event, 0)],
  ['a factor that does not divide', () => pictureShrink(event, 4)],
  ['rows that are no pictures', () => pictureBlur([8], 1)],
])('refuses %s', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'sampling/operator' }))
})

describe('fromNoiseLevel', () => {
  const component = {
    ...{ weight: 1, mean: [0.5, -1, 0], axes: reflection([1, -2, 0.5]), variances: [1.6, 0.5, 0.1] },
  }
  const options = {
    fitted: exactDenoiser([component]),
    range: { sigmaMin: 0.005, sigmaMax: 30, sigmaData: 0.9 },
    noise: 0.6,
  }

  it('draws of a Gaussian given a noisy point have the exact mean and covariance', async () => {
    const sampler = await fromNoiseLevel.open({ ...options, operator: unchanged(3), steps: 40 })
    const observed = [1, 0.2, -0.4]
    const count = 3000
    const drawn = new Float64Array(count * 3)
    for await (const event of sampler.draw({ seed: 1, count, observed }))
      if (event.type === 'samples') drawn.set(event.rows, event.first * 3)
    await sampler.dispose()
    expect(sampler.evaluations).toBe(79)
    // Along each axis: variance λ s²/(λ + s²), mean μ + λ/(λ + s²) (y − μ).
    const shrink = component.variances.map((variance) => variance / (variance + options.noise ** 2))
    const gain = covarianceOf({ ...component, variances: shrink })
    const exact = covarianceOf({ ...component, variances: shrink.map((value) => value * options.noise ** 2) })
    for (let i = 0; i < 3; i++) {
      const column = (k: number): number[] => Array.from({ length: count }, (_, row) => drawn[row * 3 + k]!)
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / count
      const expected = [0, 1, 2].reduce(
        (sum, j) => sum + gain[i * 3 + j]! * (observed[j]! - component.mean[j]!),
        component.mean[i]!,
      )
      expect(Math.abs(mean(column(i)) - expected)).toBeLessThan(0.045)
      for (let j = 0; j < 3; j++) {
        const [a, b] = [column(i), column(j)]
        const covariance = mean(a.map((value, row) => value * b[row]!)) - mean(a) * mean(b)
        expect(Math.abs(covariance - exact[i * 3 + j]!)).toBeLessThan(0.025)
      }
    }
  })

  it.each([
    ['another operator', { operator: knownCoordinates(3) }],
    ['no noise', { operator: unchanged(3), noise: 0 }],
  ])('refuses %s', async (_, other) => {
    await expect(fromNoiseLevel.open({ ...options, ...other })).rejects.toMatchObject({
      code: 'sampling/operator',
    })
  })
})
