import { expect, it } from 'vitest'
import { conditionalOf, marginalOf } from './conditional.ts'
import { gaussianMixture } from './mixture.ts'
import { noisyCircle } from './noisy-circle.ts'

const density = gaussianMixture({
  weights: [0.3, 0.7],
  means: [
    [0, 1, -1],
    [2, -1, 0.5],
  ],
  covariances: [
    [1, 0.4, 0.1, 0.4, 0.8, -0.2, 0.1, -0.2, 0.5],
    [0.6, -0.2, 0, -0.2, 1.1, 0.3, 0, 0.3, 0.9],
  ],
})

it('a joint log-density is that of some columns plus that of the others under them', () => {
  const x = density.sample({ seed: 1, first: 0, count: 20 })
  const joint = density.logDensity(x)
  const score = density.score(x)
  for (const columns of [[0], [2, 0], [1, 2]]) {
    const others = [0, 1, 2].filter((k) => !columns.includes(k))
    for (let row = 0; row < 20; row++) {
      const at = (places: readonly number[]): Float64Array =>
        Float64Array.from(places, (k) => x[row * 3 + k]!)
      const values = at(columns)
      const conditional = conditionalOf(density, { columns, values })
      const sum = marginalOf(density, columns).logDensity(values)[0]! + conditional.logDensity(at(others))[0]!
      expect(sum).toBeCloseTo(joint[row]!, 10)
      // The conditional score is the joint one's part.
      conditional.score(at(others)).forEach((value, k) => {
        expect(value).toBeCloseTo(score[row * 3 + others[k]!]!, 10)
      })
    }
  }
})

it('a marginal integrates the others out', () => {
  const marginal = marginalOf(density, [1])
  const point = 0.4
  let integral = 0
  const step = 0.08
  const points: number[] = []
  for (let a = -5; a < 7; a += step) for (let c = -5; c < 5; c += step) points.push(a, point, c)
  for (const log of density.logDensity(Float64Array.from(points))) integral += step ** 2 * Math.exp(log)
  expect(Math.log(integral)).toBeCloseTo(marginal.logDensity(Float64Array.of(point))[0]!, 4)
})

it('refuses what it cannot answer', () => {
  const code = (error: string) => expect.objectContaining({ code: `density/${error}` })
  expect(() => marginalOf(density, [0, 0])).toThrow(code('parameter'))
  expect(() => marginalOf(density, [3])).toThrow(code('parameter'))
  expect(() => conditionalOf(density, { columns: [0, 1, 2], values: [0, 0, 0] })).toThrow(code('parameter'))
  expect(() => conditionalOf(density, { columns: [0], values: [] })).toThrow(code('parameter'))
  const circle = noisyCircle({ radius: 1, std: 0.1 })
  expect(() => marginalOf(circle, [0])).toThrow(code('not-conditional'))
})
