import { expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import type { Model } from '../family/index.ts'
import { filled } from '../nn/index.ts'
import { elbo } from './elbo.ts'
import { iwae } from './iwae.ts'
import { evaluateLosses } from './objective.test-helper.ts'
import type { Objective } from './objective.ts'

/**
 * z ~ N(0, 1), x | z ~ N(a z, 1), q(z | x) = N(e x, t²), on the line. p(x) = N(0, a² + 1), and the posterior of z is
 * N(a x/(a² + 1), 1/(a² + 1)). Parameters: a, e and ln t.
 */
const line: Model<'bound'> = {
  event: [1],
  levels: 'one',
  parameters: Object.fromEntries(['a', 'e', 'logT'].map((name) => [name, filled([1], 0)])),
  can: {
    bound: (values, { x }, draws) => {
      const noise = f.reshape(draws['code']!, draws['code']!.shape.slice(0, 2)) // [B, K]
      const stretched = (tensor: f.Tensor): f.Tensor => f.broadcastTo(tensor, noise.shape)
      const points = stretched(x)
      const t = f.exp(stretched(values['logT']!))
      const z = f.add(f.mul(stretched(values['e']!), points), f.mul(t, noise))
      const error = f.sub(points, f.mul(stretched(values['a']!), z))
      const squares = f.sub(f.sub(f.square(noise), f.square(z)), f.square(error))
      const logWeights = f.add(f.mul(squares, 0.5), stretched(values['logT']!))
      const all = f.logsumexp(logWeights, { axes: [1] })
      return f.sub(all, Math.log(noise.shape[1]!) + 0.5 * Math.log(2 * Math.PI))
    },
  },
  draws: { bound: { code: { of: 'normal', shape: [1, 1] } } },
}

const rows = 20_000
const truth = 1.5
const normal = (name: string, width: number): Float64Array =>
  Float64Array.from(new RandomStream({ seed: 4, name }).normal({ first: 0, count: rows, width }))
/** Data of the model with a = 1.5. */
const data = normal('data', 1).map((z) => z * Math.hypot(truth, 1))

function at(
  objective: Objective,
  { a, e, t }: { a: number; e: number; t: number },
  codes: number,
): ReturnType<typeof evaluateLosses> {
  return evaluateLosses({
    objective,
    model: line,
    values: { a: [a], e: [e], logT: [Math.log(t)] },
    data,
    draws: { code: normal(`code ${codes}`, codes) },
    settings: objective.name === 'iwae' ? { codes } : {},
  })
}

const posterior = (a: number): { e: number; t: number } => ({ e: a / (a * a + 1), t: 1 / Math.hypot(a, 1) })
const meanSquare = data.reduce((sum, x) => sum + (x * x) / rows, 0)
/** −mean log N(x; 0, a² + 1) of the data. */
const crossEntropy = (a: number): number =>
  0.5 * (meanSquare / (a * a + 1) + Math.log(2 * Math.PI * (a * a + 1)))

test('with the posterior as q the loss is that of maximum likelihood, at every a, for every K', async () => {
  for (const a of [0.5, 1, truth, 2.5]) {
    const given = { a, ...posterior(a) }
    expect((await at(elbo, given, 1)).losses['all']).toBeCloseTo(crossEntropy(a), 9)
    expect((await at(iwae, given, 3)).losses['all']).toBeCloseTo(crossEntropy(a), 9)
  }
})

test('its minimum is the truth: at the truth all gradients are 0 within the noise of the draws', async () => {
  for (const [objective, codes] of [
    [elbo, 1],
    [iwae, 8],
  ] as const) {
    const { gradients } = await at(objective, { a: truth, ...posterior(truth) }, codes)
    for (const name of ['a', 'e', 'logT']) expect(Math.abs(gradients['all']![name]![0]!)).toBeLessThan(0.04)
    const off = await at(objective, { a: 0.5, ...posterior(0.5) }, codes)
    expect(off.gradients['all']!['a']![0]!).toBeLessThan(-0.3)
  }
})

test('K = 1 is the ELBO; its bias is the mean divergence of q from the posterior, less with every code', async () => {
  const given = { a: truth, e: 0.3, t: 0.8 }
  const one = await at(iwae, given, 1)
  const bound = await at(elbo, given, 1)
  expect(one).toEqual(bound)
  const { e, t } = posterior(truth)
  const gap = Math.log(t / 0.8) + (0.64 + (e - 0.3) ** 2 * meanSquare) / (2 * t * t) - 0.5
  // The deviation of the mean over 20,000 rows is below 0.01.
  expect(Math.abs(bound.losses['all']! - crossEntropy(truth) - gap)).toBeLessThan(0.03)
  const gaps: number[] = []
  for (const codes of [1, 4, 16])
    gaps.push((await at(iwae, given, codes)).losses['all']! - crossEntropy(truth))
  expect(gaps[1]!).toBeLessThan(0.6 * gaps[0]!)
  expect(gaps[2]!).toBeLessThan(0.6 * gaps[1]!)
  expect(gaps[2]!).toBeGreaterThan(-0.02)
})

test('codes must be a whole number', () => {
  const facts = { model: line, settings: { codes: 2.5 } } as unknown as Parameters<typeof iwae.draws>[0]
  expect(() => iwae.draws(facts)).toThrow('codes')
})

test('float32 agrees with float64', async () => {
  const few = { data: data.slice(0, 128), draws: { code: normal('code 4', 4).slice(0, 512) } }
  const given = {
    objective: iwae,
    model: line,
    values: { a: [1.2], e: [0.4], logT: [-0.3] },
    settings: { codes: 4 },
  }
  const exact = await evaluateLosses({ ...given, ...few })
  const single = await evaluateLosses({
    ...given,
    data: Float32Array.from(few.data),
    draws: { code: Float32Array.from(few.draws.code) },
    runtime: f.nodeCpu(),
  })
  expect(single.losses['all']).toBeCloseTo(exact.losses['all']!, 5)
  for (const name of ['a', 'e', 'logT'])
    expect(single.gradients['all']![name]![0]).toBeCloseTo(exact.gradients['all']![name]![0]!, 4)
})
