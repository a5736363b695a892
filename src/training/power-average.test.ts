import { describe, expect, test } from 'vitest'
import {
  averageOf,
  combinationOf,
  keptWidths,
  type PowerProfile,
  powerGroup,
  powerOf,
  powerRate,
  profileProduct,
} from './power-average.ts'
import { bytesOf, eventsOf, moons, smallTask } from './training.test-helper.ts'

/** The average of numbers θ₁ … θ_T, kept step by step. */
function keptStepByStep(trajectory: readonly number[], width: number): number {
  return trajectory.reduce((average, value, k) => average + powerRate(k + 1, width) * (value - average), 0)
}

/** The same by its definition: the part of the profile that falls on each step. */
function byDefinition(trajectory: readonly number[], width: number): number {
  const power = powerOf(width) + 1
  const T = trajectory.length
  return trajectory.reduce((sum, value, k) => sum + (((k + 1) / T) ** power - (k / T) ** power) * value, 0)
}

const trajectory = Array.from({ length: 400 }, (_, k) => 3 * (1 - Math.exp(-k / 90)) + Math.sin(k / 7))

describe('a power-function average', () => {
  test('has the width that it is told by: mean and deviation of its profile by integration', () => {
    for (const width of [0.01, 0.05, 0.1, 0.2]) {
      const power = powerOf(width)
      const n = 200_000
      let [mass, mean, square] = [0, 0, 0]
      for (let k = 0; k < n; k++) {
        const t = (k + 0.5) / n
        const p = ((power + 1) * t ** power) / n
        mass += p
        mean += p * t
        square += p * t * t
      }
      expect(mass).toBeCloseTo(1, 6)
      expect(Math.sqrt(square - mean ** 2)).toBeCloseTo(width, 6)
    }
    // Karras et al. 2024: 0.05 and 0.10 are γ = 16.97 and 6.94.
    expect(keptWidths.map((width) => powerOf(width).toFixed(2))).toEqual(['16.97', '6.94'])
    for (const width of [0, -1, 0.3, Number.NaN])
      expect(() => powerOf(width)).toThrow(/no width of an average/)
  })

  test('kept step by step is the integral over the profile', () => {
    for (const width of [0.03, 0.1, 0.25])
      expect(keptStepByStep(trajectory, width)).toBeCloseTo(byDefinition(trajectory, width), 10)
  })
})

test('the product of two profiles is their integral', () => {
  const [p, q]: PowerProfile[] = [
    { width: 0.05, step: 70 },
    { width: 0.12, step: 100 },
  ]
  const densityOf = ({ width, step }: PowerProfile): ((t: number) => number) => {
    const power = powerOf(width)
    return (t) => (t > step ? 0 : ((power + 1) * t ** power) / step ** (power + 1))
  }
  const [of, and] = [densityOf(p!), densityOf(q!)]
  const n = 400_000
  let sum = 0
  for (let k = 0; k < n; k++) sum += of((100 * (k + 0.5)) / n) * and((100 * (k + 0.5)) / n) * (100 / n)
  expect(profileProduct(p!, q!)).toBeCloseTo(sum, 6)
  expect(profileProduct(q!, p!)).toBe(profileProduct(p!, q!))
})

describe('an average made after training', () => {
  const steps = Array.from({ length: 10 }, (_, k) => 40 * (k + 1))
  const kept = steps.flatMap((step) =>
    keptWidths.map((width) => ({
      profile: { width, step },
      weights: { theta: Float32Array.of(keptStepByStep(trajectory.slice(0, step), width)) },
    })),
  )
  const direct = (width: number, step = 400): number => keptStepByStep(trajectory.slice(0, step), width)

  test('is one of those kept where that is wanted', () => {
    for (const { profile } of kept) {
      const { weights, error } = averageOf(kept, profile)
      expect(error).toBeLessThan(1e-4)
      expect(weights['theta']![0]).toBeCloseTo(direct(profile.width, profile.step), 3)
    }
  })

  test('comes near the one kept directly, the nearer the more were kept, and says how near', () => {
    const amplitude = Math.max(...trajectory) - Math.min(...trajectory)
    for (const width of [0.06, 0.075, 0.09, 0.15]) {
      const wanted = { width, step: 400 }
      const [some, all] = [kept.slice(-2), kept].map((those) => ({
        error: combinationOf(
          those.map(({ profile }) => profile),
          wanted,
        ).error,
        found: averageOf(those, wanted).weights['theta']![0]!,
      })) as [{ error: number; found: number }, { error: number; found: number }]
      expect(all.error).toBeLessThan(some.error)
      expect(all.error).toBeLessThan(0.05)
      expect(Math.abs(all.found - direct(width))).toBeLessThan(all.error * amplitude)
    }
  })

  test('of weights that stand still is those weights', () => {
    const still = kept.map(({ profile }) => ({ profile, weights: { theta: Float32Array.of(2) } }))
    expect(averageOf(still, { width: 0.07, step: 400 }).weights['theta']![0]).toBeCloseTo(2, 2)
  })
})

describe('a training that keeps them', () => {
  test('keeps the integral over the weights of its steps, resumes bit for bit, and takes the best by the held-out loss', async () => {
    const task = smallTask({
      heldOut: { rows: moons(50, 2) },
      config: { powerAverages: true, checkpointEverySteps: 1, stepsPerCall: 1, steps: 12 },
    })
    const { done, of } = await eventsOf(task)
    const states = of('checkpoint').map(({ state }) => state)
    expect(states).toHaveLength(12)
    for (const width of keptWidths) {
      const kept = done.state.groups[powerGroup(width)]!['in.weight']!
      kept.forEach((value, k) => {
        const way = states.map(({ groups }) => groups['model']!['in.weight']![k]!)
        expect(value).toBeCloseTo(byDefinition(way, width), 4)
      })
    }
    const resumed = await eventsOf({ ...task, resume: states[6]! })
    expect(bytesOf(resumed.done.state)).toEqual(bytesOf(done.state))
    const last = of('evaluation').at(-1)!
    if (last.averageWidth !== undefined)
      expect(done.state.best).toEqual(done.state.groups[powerGroup(last.averageWidth)])
  })
})
