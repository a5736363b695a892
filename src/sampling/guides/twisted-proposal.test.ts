import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import { exactDenoiser } from '../testing/exact.ts'
import { knownCoordinates, linearMap, type Operator, twistedParticles } from './index.ts'
import { proposalNoise, proposalShapes, stepsOf } from './twisted-proposal.ts'

const matrix = [
  [1, 0.5, -0.5],
  [0, 1, 1],
]

describe('the noise of a proposal', () => {
  const [rows, spread, slope, leftNext, noise] = [4000, 0.7, 0.8, 0.2, 0.3]
  const left = leftNext + (spread * slope) ** 2

  it.each<[string, Operator, f.Named<readonly number[]>, readonly (readonly number[])[], number]>([
    ['a linear map, with noise', linearMap(matrix), {}, matrix, noise],
    ['a known coordinate, without', knownCoordinates(3), { known: [0, 1, 0] }, [[0, 1, 0]], 0],
  ])('of %s has the covariance that it states, and says its density', (_, operator, given, a, s) => {
    const ofRows = (data: (i: number) => number, width: number): f.Tensor =>
      f.constant({ shape: [rows, width], data: Array.from({ length: rows * width }, (__, i) => data(i)) })
    const of: Record<string, number> = { spread, slope, left, leftNext }
    const beside = Object.fromEntries(
      Object.entries(proposalShapes(operator)).map(([name, [width]]) => {
        if (width === undefined) return [name, f.broadcastTo(f.constant(of[name]!), [rows])]
        const z = new RandomStream({ seed: 1, name }).normal({ first: 0, count: rows, width })
        return [name, ofRows((i) => z[i]!, width)]
      }),
    )
    const told = Object.fromEntries(
      Object.entries(given).map(([name, data]) => [name, ofRows((i) => data[i % 3]!, 3)]),
    )
    const made = proposalNoise({ operator, given: told, noise: s }, beside)
    const found = f.interpret([made.drawn, made.narrowing], new Map())
    const [drawn, narrowing] = [found[0]!, found[1]!]
    // Σ⁻¹ = I/τ² + j² Aᵀ C⁻¹ A, C = v A Aᵀ + s² I.
    const c = a.map((one, i) => a.map((other, j) => leftNext * dot(one, other) + (i === j ? s ** 2 : 0)))
    const solved = (v: readonly number[]): number[] => {
      if (v.length === 1) return [v[0]! / c[0]![0]!]
      const determinant = c[0]![0]! * c[1]![1]! - c[0]![1]! * c[1]![0]!
      return [
        (c[1]![1]! * v[0]! - c[0]![1]! * v[1]!) / determinant,
        (c[0]![0]! * v[1]! - c[1]![0]! * v[0]!) / determinant,
      ]
    }
    const precisionTimes = (n: readonly number[]): number[] => {
      const u = solved(a.map((row) => slope ** 2 * dot(row, n)))
      return n.map((value, k) => value / spread ** 2 + a.reduce((sum, row, i) => sum + row[k]! * u[i]!, 0))
    }
    const rowsOf = Array.from({ length: rows }, (__, i) => [0, 1, 2].map((k) => drawn[3 * i + k]!))
    rowsOf.slice(0, 50).forEach((n, i) => {
      const lacks = dot(n, precisionTimes(n)) - dot(n, n) / spread ** 2
      expect(narrowing[i]).toBeCloseTo(lacks / 2, 5)
    })
    // E (Σ⁻¹ n) nᵀ = I, to some four standard errors.
    const products = [0, 1, 2].map((i) =>
      [0, 1, 2].map((k) => rowsOf.reduce((sum, n) => sum + (precisionTimes(n)[i]! * n[k]!) / rows, 0)),
    )
    for (const i of [0, 1, 2])
      for (const k of [0, 1, 2]) expect(Math.abs(products[i]![k]! - (i === k ? 1 : 0))).toBeLessThan(0.16)
  })

  it('is that of the flow’s steps: what they still add comes to the variance of the posterior as they become small', () => {
    const [sigmaData, count] = [0.9, 400]
    const levels = Array.from({ length: count }, (_, i) => 5 * (0.001 / 5) ** (i / (count - 1)))
    const places = levels.slice(1).map((next, i) => ({ sigma: levels[i]!, next, before: [], intervals: [] }))
    const steps = stepsOf(places as never, { lastSigma: 0.001, sigmaData })
    for (const { sigma, left } of steps)
      expect(left / ((sigma * sigmaData) ** 2 / (sigma ** 2 + sigmaData ** 2))).toBeCloseTo(1, 1)
    expect(steps.at(-1)).toMatchObject({ sigma: 0.001, next: 0 })
  })
})

it('one particle is exact where the data are what it takes them for: a Gaussian of one variance', async () => {
  const [variance, noise, count] = [0.81, 0.4, 2048]
  const mean = [0.5, -1]
  const sampler = await twistedParticles.open({
    fitted: exactDenoiser([{ weight: 1, mean, axes: [1, 0, 0, 1], variances: [variance, variance] }]),
    range: { sigmaMin: 0.01, sigmaMax: 30, sigmaData: Math.sqrt(variance) },
    ...{ operator: knownCoordinates(2), noise, steps: 40, batchSize: 2048 },
    guideOptions: { particles: 1, together: 1 },
  })
  const drawn = new Float64Array(2 * count)
  const given = { known: [1, 0] }
  for await (const event of sampler.draw({ seed: 2, count, observed: [1.5, 0], given }))
    if (event.type === 'samples') drawn.set(event.rows, 2 * event.first)
  await sampler.dispose()
  const posterior = 1 / (1 / variance + 1 / noise ** 2)
  const exact = [
    [mean[0]! + (posterior / noise ** 2) * (1.5 - mean[0]!), posterior],
    [mean[1]!, variance],
  ] as const
  exact.forEach(([centre, spread], k) => {
    const own = drawn.filter((_, i) => i % 2 === k)
    const middle = own.reduce((sum, value) => sum + value / count, 0)
    const squares = own.reduce((sum, value) => sum + (value - middle) ** 2 / count, 0)
    // Four standard errors, and what forty steps are off by.
    expect(Math.abs(middle - centre)).toBeLessThan(0.03 + 4 * Math.sqrt(spread / count))
    expect(Math.abs(squares / spread - 1)).toBeLessThan(0.03 + 4 * Math.sqrt(2 / count))
  })
})

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0)
}
