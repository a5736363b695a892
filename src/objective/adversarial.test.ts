import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { filled } from '../nn/index.ts'
import { adversarial } from './adversarial.ts'
import { evaluateLosses } from './objective.test-helper.ts'
import type { Objective } from './objective.ts'
import { wasserstein } from './wasserstein.ts'

/** G(z) = s z + b and D(x) = a x + c on the line: with z ~ N(0, 1), G makes N(b, s²). */
const line: Model<'generate' | 'critic'> = {
  event: [1],
  levels: 'one',
  parameters: Object.fromEntries(
    ['generator/b', 'generator/s', 'critic/a', 'critic/c'].map((name) => [name, filled([1], 0)]),
  ),
  can: {
    generate: (values, draws) => {
      const code = draws['code']!
      const stretched = (name: string): f.Tensor => f.broadcastTo(values[name]!, code.shape)
      return f.add(f.mul(code, stretched('generator/s')), stretched('generator/b'))
    },
    critic: (values, { x }) => {
      const stretched = (name: string): f.Tensor => f.broadcastTo(values[name]!, x.shape)
      return f.reshape(f.add(f.mul(x, stretched('critic/a')), stretched('critic/c')), [x.shape[0]!])
    },
  },
  draws: { generate: { code: { of: 'normal', shape: [1] } } },
}

const count = 40_000
const draw = (name: string): Float64Array =>
  Float64Array.from(new RandomStream({ seed: 3, name }).normal({ first: 0, count, width: 1 }))
/** Data are N(0, 1). */
const [data, code] = [draw('data'), draw('code')]

function evaluated(
  objective: Objective,
  at: { b?: number; s?: number; a?: number; c?: number },
  more: { settings?: Record<string, number>; sigmaData?: number; draws?: f.Named<f.HostArray> } = {},
): ReturnType<typeof evaluateLosses> {
  const { b = 0, s = 1, a = 0, c = 0 } = at
  const values = { 'generator/b': [b], 'generator/s': [s], 'critic/a': [a], 'critic/c': [c] }
  return evaluateLosses({ objective, model: line, values, data, draws: { code }, ...more })
}

describe('adversarial', () => {
  // Between N(0, 1) and N(b, 1), log p − log q = −b x + ½ b²: the best critic is on the line.
  const b = 1.5
  const best = { b, a: -b, c: b * b * 0.5 }
  const plain = { settings: { penalty: 0 } }

  test('the best critic is log p − log q, and its loss 2 ln 2 − 2 JS(p, q)', async () => {
    const { losses, gradients } = await evaluated(adversarial, best, plain)
    // An integral over the line by the midpoint rule, the divergence by its definition.
    let divergence = 0
    for (let x = -12; x < 14; x += 0.01) {
      const [p, q] = [0, b].map((mean) => Math.exp(-0.5 * (x - mean) ** 2) / Math.sqrt(2 * Math.PI))
      const middle = 0.5 * (p! + q!)
      if (p! > 0) divergence += 0.5 * p! * Math.log(p! / middle) * 0.01
      if (q! > 0) divergence += 0.5 * q! * Math.log(q! / middle) * 0.01
    }
    // Both means are of 40,000 draws: their deviation is below 0.005.
    expect(Math.abs(losses['critic']! - (2 * Math.LN2 - 2 * divergence))).toBeLessThan(0.015)
    expect(Math.abs(gradients['critic']!['critic/a']![0]!)).toBeLessThan(0.015)
    expect(Math.abs(gradients['critic']!['critic/c']![0]!)).toBeLessThan(0.015)
  })

  test('against it the generator is pulled towards the data, and at the truth neither player moves', async () => {
    const far = await evaluated(adversarial, best, plain)
    expect(far.gradients['generator']!['generator/b']![0]!).toBeGreaterThan(0.3)
    const wide = await evaluated(adversarial, { ...best, b: -b, a: b }, plain)
    expect(wide.gradients['generator']!['generator/b']![0]!).toBeLessThan(-0.3)
    const truth = await evaluated(adversarial, {}, { settings: { penalty: 5 } })
    expect(truth.losses['critic']).toBeCloseTo(2 * Math.LN2, 10)
    expect(truth.gradients['generator']!['generator/b']![0]).toBeCloseTo(0, 12)
    // ∂/∂a = ½ (mean of made − mean of data), 0 but for the draws.
    expect(Math.abs(truth.gradients['critic']!['critic/a']![0]!)).toBeLessThan(0.015)
  })

  test.each([0.5, 20])('the penalty is ½ γ (σ_d a)², of the critic alone: σ_d = %f', async (sigmaData) => {
    const at = { b: 0.4, a: -0.7, c: 0.2 }
    const without = await evaluated(adversarial, at, { ...plain, sigmaData })
    const penalised = await evaluated(adversarial, at, { settings: { penalty: 3 }, sigmaData })
    const expected = 0.5 * 3 * (sigmaData * 0.7) ** 2
    expect(penalised.losses['critic']! - without.losses['critic']!).toBeCloseTo(expected, 8)
    const slope =
      penalised.gradients['critic']!['critic/a']![0]! - without.gradients['critic']!['critic/a']![0]!
    expect(slope).toBeCloseTo(-3 * sigmaData ** 2 * 0.7, 8)
    expect(penalised.losses['generator']).toBe(without.losses['generator'])
  })

  test('float32 agrees with float64', async () => {
    const at = { b: 0.4, s: 0.8, a: -0.7, c: 0.2 }
    const values = { 'generator/b': [at.b], 'generator/s': [at.s], 'critic/a': [at.a], 'critic/c': [at.c] }
    const given = { objective: adversarial, model: line, values }
    const few = {
      data: Float32Array.from(data.subarray(0, 256)),
      draws: { code: Float32Array.from(code.subarray(0, 256)) },
    }
    const exact = await evaluateLosses({ ...given, ...few })
    const single = await evaluateLosses({ ...given, ...few, runtime: f.nodeCpu() })
    for (const player of ['critic', 'generator']) {
      expect(single.losses[player]).toBeCloseTo(exact.losses[player]!, 5)
      for (const name of Object.keys(values))
        expect(single.gradients[player]![name]![0]).toBeCloseTo(exact.gradients[player]![name]![0]!, 5)
    }
  })

  test('tells how varied the made rows are, and how sure the critic is', async () => {
    const alike = await evaluated(adversarial, { s: 0.1 })
    expect(alike.tells['variety']).toBeCloseTo(0.01, 3)
    expect(alike.tells['sureness']).toBeCloseTo(0.5, 12)
    const wider = await evaluated(adversarial, { s: 3, c: 40 })
    expect(wider.tells['variety']).toBe(1)
    const sure = await evaluated(adversarial, { b: 10, a: -10, c: 50 })
    expect(sure.tells['sureness']).toBeGreaterThan(0.999)
    const [variety, sureness] = adversarial.watches!
    expect(variety!.isBad(alike.tells['variety']!)).toBe(true)
    expect(variety!.isBad(wider.tells['variety']!)).toBe(false)
    expect(sureness!.isBad(sure.tells['sureness']!)).toBe(true)
    expect(sureness!.isBad(alike.tells['sureness']!)).toBe(false)
  })
})

describe('wasserstein', () => {
  const between = Float64Array.from(
    new RandomStream({ seed: 3, name: 'between' }).uniform({ first: 0, count, width: 1 }),
  )
  /** The same draws make data and rows, so that the mean of G(z) − x is b to the last bit. */
  const at = (
    where: { b: number; a: number; c?: number },
    sigmaData = 1,
  ): ReturnType<typeof evaluateLosses> =>
    evaluated(wasserstein, where, {
      sigmaData,
      draws: { code: data, between },
      settings: { penalty: 10 },
    })

  test.each([1, 2.5])(
    'a critic of slope 1 finds the distance of N(0, 1) and N(b, 1), |b|: σ_d = %f',
    async (sigmaData) => {
      const { losses } = await at({ b: 0.8, a: -1 / sigmaData, c: 7 }, sigmaData)
      expect(losses['critic']).toBeCloseTo(-0.8 / sigmaData, 10)
      expect(losses['generator']).toBeCloseTo(
        0.8 / sigmaData - 7 + data.reduce((sum, x) => sum + x / count, 0) / sigmaData,
        8,
      )
    },
  )

  test('its bias: the best slope is 1 + b/(2λ), as the penalty is soft', async () => {
    // a b + λ (|a| − 1)² is least at |a| = 1 + b/(2λ), for a < 0.
    const [b, lambda] = [0.8, 10]
    const { gradients } = await at({ b, a: -(1 + b / (2 * lambda)) })
    expect(gradients['critic']!['critic/a']![0]).toBeCloseTo(0, 10)
    const { gradients: less } = await at({ b, a: -1 })
    expect(less['critic']!['critic/a']![0]).toBeCloseTo(b, 10)
  })

  test('the generator is pulled towards the data with the slope of the critic', async () => {
    const { gradients } = await at({ b: 0.8, a: -1 })
    expect(gradients['generator']!['generator/b']![0]).toBeCloseTo(1, 11) // 40,000 masses are summed
  })

  test('the critic learns in every step, the generator in every so many', () => {
    const players = wasserstein.players!({ penalty: 10, criticSteps: 5 })
    expect(players.map(({ name, everySteps }) => [name, everySteps])).toEqual([
      ['critic', 1],
      ['generator', 5],
    ])
    expect(() => wasserstein.players!({ penalty: 10, criticSteps: 1.5 })).toThrow('criticSteps')
  })
})
