import { describe, expect, test } from 'vitest'
import { gaussianMixture } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import {
  asDenoiser,
  type DenoiserModel,
  type Model,
  partlyKnownShapes,
  perPoint,
  type RowPart,
} from '../../family/index.ts'
import { autoguidance, classifierFree, classifierGuidance } from './index.ts'

const sigmas = [0.05, 0.4, 1, 3]
const rows = sigmas.length

/** What a denoiser says in float64 at x and the four noise levels. */
async function denoised(
  { model, values = {} }: { model: DenoiserModel; values?: f.Named<ArrayLike<number>> },
  x: readonly number[],
  conditions: f.Named<readonly number[]> = {},
): Promise<f.HostArray> {
  const told = Object.keys(conditions)
  const program = await f.compile(
    {
      name: 'guided',
      shared: model.parameters,
      inputs: {
        x: { shape: [rows, model.dimension], dtype: 'float32' },
        sigma: { shape: [rows], dtype: 'float32' },
        ...Object.fromEntries(
          told.map((name) => [name, { shape: [rows, conditions[name]!.length / rows], dtype: 'float32' }]),
        ),
      },
      step: ({ shared, inputs }) => {
        const at = { x: inputs['x']!, sigma: inputs['sigma']! }
        const given = Object.fromEntries(told.map((name) => [name, inputs[name]!]))
        return {
          outputs: { y: model.denoise(shared, { ...at, conditions: told.length ? given : undefined }) },
        }
      },
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(
    Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Float64Array.from(v)])),
  )
  const given = Object.fromEntries(told.map((name) => [name, Float64Array.from(conditions[name]!)]))
  return (await program.run({ x: Float64Array.from(x), sigma: Float64Array.from(sigmas), ...given }))['y']!
}

/** D of N(mean, variance) in one dimension, mean and variance [B]. */
const normalDenoiser = (x: f.Tensor, sigma: f.Tensor, mean: f.Tensor, variance: f.Tensor): f.Tensor => {
  const noise = f.square(sigma)
  return f.div(f.add(f.mul(noise, mean), f.mul(variance, x)), f.add(variance, noise))
}

/** (x₁, x₂) normal, of unit deviations and correlation ρ: the exact denoiser of x₁, x₂ known or absent. */
const rho = 0.8
const parts: readonly RowPart[] = [
  { kind: 'numbers', width: 1 },
  { kind: 'numbers', width: 1 },
]
const pair: Model<'denoise'> = {
  event: [2],
  conditions: partlyKnownShapes(parts),
  partlyKnown: parts,
  levels: 'each',
  parameters: {},
  can: {
    denoise: (_, { x, sigma, conditions }) => {
      const column = (of: f.Tensor, k: number): f.Tensor =>
        f.reshape(f.slice(of, { axis: 1, start: k, end: k + 1 }), [rows])
      const known = column(conditions!['known parts']!, 1)
      const value = column(conditions!['known numbers']!, 1)
      const mean = f.mul(f.mul(known, value), rho)
      const first = normalDenoiser(column(x, 0), sigma!, mean, f.add(f.mul(known, -(rho ** 2)), 1))
      return f.concat(
        [first, f.mul(known, value)].map((one) => f.reshape(one, [rows, 1])),
        { axis: 1 },
      )
    },
  },
}

describe('classifier-free guidance of a normal of which x₂ is known', () => {
  const [x1, x2] = [0.7, 1.5]
  const x = sigmas.flatMap(() => [x1, -3])
  const told = {
    'known parts': sigmas.flatMap(() => [0, 1]),
    'absent parts': sigmas.flatMap(() => [0, 0]),
    'known numbers': sigmas.flatMap(() => [0, x2]),
  }
  const exact = (sigma: number, mean: number, variance: number): number =>
    (mean - x1) / (variance + sigma ** 2)

  test.each([
    { weight: 1, interval: undefined },
    { weight: 3, interval: undefined },
    { weight: 0, interval: undefined },
    { weight: 2.5, interval: [0.3, 1.5] as const },
  ])('the score is s_u + w (s_c − s_u): w = $weight in $interval', async (guidance) => {
    const guided = asDenoiser(classifierFree(pair, guidance))
    const found = await denoised({ model: guided }, x, told)
    sigmas.forEach((sigma, row) => {
      const [low, high] = guidance.interval ?? [0, 100]
      const w = sigma >= low && sigma <= high ? guidance.weight : 1
      const [c, u] = [exact(sigma, rho * x2, 1 - rho ** 2), exact(sigma, 0, 1)]
      expect((found[2 * row]! - x1) / sigma ** 2).toBeCloseTo(u + w * (c - u), 8)
      expect(found[2 * row + 1]).toBe(x2)
    })
  })

  test.each([
    { weight: Number.NaN, interval: undefined },
    { weight: 2, interval: [1, 0.5] as const },
    { weight: 2, interval: [-1, 0.5] as const },
  ])('a weight or an interval that is none is refused: $weight, $interval', (guidance) => {
    expect(() => classifierFree(pair, guidance)).toThrow(
      expect.objectContaining({ code: 'sampling/guidance' }),
    )
  })

  test('a model that was not trained without its conditions cannot', () => {
    const { partlyKnown: _, ...plain } = pair
    expect(() => classifierFree(plain, { weight: 2 })).toThrow(
      expect.objectContaining({ code: 'family/cannot' }),
    )
  })
})

describe('with densities that are known', () => {
  const components = [
    { mean: [-1, 0.5], covariance: [0.5, 0.1, 0.1, 0.3] },
    { mean: [1.5, -0.5], covariance: [0.2, 0, 0, 0.6] },
  ]
  const weights = [0.3, 0.7]
  const mixture = (only?: number) =>
    gaussianMixture({
      means: only === undefined ? components.map(({ mean }) => mean) : [components[only]!.mean],
      covariances:
        only === undefined ? components.map(({ covariance }) => covariance) : [components[only]!.covariance],
      ...(only === undefined ? { weights } : {}),
    })
  const x = [0.3, 0.2, -0.8, 1.1, 2, 0, 0.5, -2]
  const exactScore = (only: number | undefined, row: number): Float64Array =>
    mixture(only).noised!({ alpha: 1, std: sigmas[row]! }).score(
      Float64Array.from(x.slice(2 * row, 2 * row + 2)),
    )

  /** log N(x; mean, covariance + σ² I), traced, [B]. */
  const logNormal = (point: f.Tensor, sigma: f.Tensor, k: number): f.Tensor => {
    const [p, q, , r] = components[k]!.covariance as [number, number, number, number]
    const column = (j: number): f.Tensor =>
      f.sub(
        f.reshape(f.slice(point, { axis: 1, start: j, end: j + 1 }), [rows]),
        f.broadcastTo(f.constant(components[k]!.mean[j]!), [rows]),
      )
    const [u, v, noise] = [column(0), column(1), f.square(sigma)]
    const [a, c] = [f.add(noise, p), f.add(noise, r)]
    const determinant = f.sub(f.mul(a, c), f.broadcastTo(f.constant(q * q), [rows]))
    const square = f.div(
      f.add(f.sub(f.mul(c, f.square(u)), f.mul(f.mul(u, v), 2 * q)), f.mul(a, f.square(v))),
      determinant,
    )
    return f.mul(f.add(square, f.log(determinant)), -0.5)
  }
  const logJoint = (point: f.Tensor, sigma: f.Tensor): f.Tensor[] =>
    weights.map((weight, k) => f.add(logNormal(point, sigma, k), Math.log(weight)))
  const total = (terms: readonly f.Tensor[]): f.Tensor =>
    f.logsumexp(
      f.concat(
        terms.map((term) => f.reshape(term, [rows, 1])),
        { axis: 1 },
      ),
      { axes: [1] },
    )
  const denoiserOf = (log: (point: f.Tensor, sigma: f.Tensor) => f.Tensor): DenoiserModel => ({
    dimension: 2,
    parameters: {},
    denoise: (_, { x: given, sigma }) => {
      const point = f.variable(given)
      const score = f.grad(f.sum(log(point, sigma)), [point])[0]!
      return f.add(given, f.mul(score, perPoint(f.square(sigma), given)))
    },
  })
  const all = denoiserOf((point, sigma) => total(logJoint(point, sigma)))
  const first = denoiserOf((point, sigma) => logNormal(point, sigma, 0))
  const score = (found: f.HostArray, row: number): number[] =>
    [0, 1].map((k) => (found[2 * row + k]! - x[2 * row + k]!) / sigmas[row]! ** 2)

  test('classifier guidance at weight 1 is Bayes’ rule: the score of the class by itself; at 0 it is off', async () => {
    const logProbability = ({ x: point, sigma }: { x: f.Tensor; sigma: f.Tensor }): f.Tensor => {
      const terms = logJoint(point, sigma)
      return f.sub(terms[0]!, total(terms))
    }
    for (const weight of [0, 1, 2]) {
      const found = await denoised({ model: classifierGuidance(all, { weight, logProbability }) }, x)
      sigmas.forEach((_, row) => {
        const [joint, own] = [exactScore(undefined, row), exactScore(0, row)]
        score(found, row).forEach((value, k) => {
          expect(value).toBeCloseTo(joint[k]! + weight * (own[k]! - joint[k]!), 6)
        })
      })
    }
  })

  test('autoguidance is s_bad + w (s_good − s_bad), the parameters of both beside each other', async () => {
    const shifted: DenoiserModel = {
      ...all,
      parameters: { shift: { shape: [2], dtype: 'float32' } },
      denoise: ({ shift }, at) => f.add(all.denoise({}, at), f.broadcastTo(shift!, at.x.shape)),
    }
    const good = {
      model: { ...first, parameters: { shift: shifted.parameters['shift']! } },
      values: { shift: [9, 9] },
    }
    const bad = { model: shifted, values: { shift: [0.1, -0.2] } }
    const interval = [0.2, 2] as const
    const found = await denoised(autoguidance(good, bad, { weight: 1.7, interval }), x)
    sigmas.forEach((sigma, row) => {
      const w = sigma >= 0.2 && sigma <= 2 ? 1.7 : 1
      const [worse, better] = [exactScore(undefined, row), exactScore(0, row)]
      score(found, row).forEach((value, k) => {
        const u = worse[k]! + [0.1, -0.2][k]! / sigma ** 2
        expect(value).toBeCloseTo(u + w * (better[k]! - u), 6)
      })
    })
  })
})
