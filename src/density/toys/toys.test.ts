import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { exactDenoiser } from '../exact-denoiser.ts'
import { gaussLegendre } from '../quadrature.ts'
import { bananaToy } from './banana.ts'
import { checkerboard } from './checkerboard.ts'
import { eightGaussians } from './eight-gaussians.ts'
import { gaussianToy } from './gaussian.ts'
import { toyByName, toys } from './index.ts'
import { pinwheel } from './pinwheel.ts'
import { rings } from './rings.ts'
import { spirals } from './spirals.ts'
import { studentTToy } from './student-t.ts'
import { swissRoll } from './swiss-roll.ts'
import type { Toy } from './toy.ts'
import { twoMoons } from './two-moons.ts'
import { uniformToy } from './uniform.ts'

/** One axis of a composite Gauss–Legendre rule; panels are the bins of the χ² test. */
interface Axis {
  readonly edges: readonly number[]
  readonly nodes: readonly number[]
  readonly weights: readonly number[]
}

/** An axis from low to high, on which `map` may stretch the far ends (heavy tails). */
function axis(
  [low, high]: readonly [number, number],
  panels: number,
  nodesEach: number,
  map: (u: number) => number = (u) => u,
  slope: (u: number) => number = () => 1,
): Axis {
  const rule = gaussLegendre(nodesEach)
  const half = (high - low) / (2 * panels)
  const us = Array.from({ length: panels }, (_, p) =>
    [...rule.nodes].map((node) => low + half * (2 * p + 1 + node)),
  )
  return {
    edges: Array.from({ length: panels + 1 }, (_, p) => map(low + 2 * half * p)),
    nodes: us.flat().map(map),
    weights: us.flat().map((u, k) => half * rule.weights[k % nodesEach]! * slope(u)),
  }
}

interface Grid {
  readonly toy: Toy
  readonly axes: readonly [Axis, Axis]
  /** Error allowed for integrals. */
  readonly tolerance: number
}

const square = (low: number, high: number, panels: number, nodesEach: number): [Axis, Axis] => {
  const one = axis([low, high], panels, nodesEach)
  return [one, one]
}

/** Where the mass of each toy is, cut so finely that its density is integrated to the tolerance. */
const grids: readonly Grid[] = [
  { toy: eightGaussians, axes: square(-4, 4, 16, 8), tolerance: 1e-10 },
  { toy: twoMoons, axes: square(-5, 5, 20, 6), tolerance: 1e-8 },
  { toy: checkerboard, axes: square(-5, 5, 10, 8), tolerance: 1e-11 },
  { toy: spirals, axes: square(-5.5, 5.5, 22, 7), tolerance: 1e-6 },
  { toy: pinwheel, axes: square(-6, 6, 24, 7), tolerance: 1e-6 },
  { toy: swissRoll, axes: square(-5, 5, 20, 6), tolerance: 1e-8 },
  { toy: rings, axes: square(-4, 4, 20, 7), tolerance: 1e-6 },
  { toy: bananaToy, axes: [axis([-6.5, 6.5], 13, 8), axis([-4, 35], 39, 7)], tolerance: 1e-8 },
  { toy: gaussianToy, axes: square(-12, 12, 16, 8), tolerance: 1e-10 },
  {
    toy: studentTToy,
    axes: [axis([-20, 20], 32, 7, Math.sinh, Math.cosh), axis([-20, 20], 32, 7, Math.sinh, Math.cosh)],
    tolerance: 1e-6,
  },
  { toy: uniformToy, axes: square(-3, 3, 6, 12), tolerance: 1e-11 },
]

/** All nodes, [n, 2], with quadrature weights and the number of their bin. */
function nodesOf({ axes: [first, second] }: Grid): {
  x: Float64Array
  weights: Float64Array
  bins: Int32Array
} {
  const count = first.nodes.length * second.nodes.length
  const x = new Float64Array(2 * count)
  const weights = new Float64Array(count)
  const bins = new Int32Array(count)
  const eachFirst = first.nodes.length / (first.edges.length - 1)
  const eachSecond = second.nodes.length / (second.edges.length - 1)
  let at = 0
  first.nodes.forEach((a, i) => {
    second.nodes.forEach((b, k) => {
      x.set([a, b], 2 * at)
      weights[at] = first.weights[i]! * second.weights[k]!
      bins[at] = Math.floor(i / eachFirst) * (second.edges.length - 1) + Math.floor(k / eachSecond)
      at++
    })
  })
  return { x, weights, bins }
}

/** The panel that holds the value, or −1. */
function panelOf({ edges }: Axis, value: number): number {
  for (let p = 0; p + 1 < edges.length; p++) if (value >= edges[p]! && value < edges[p + 1]!) return p
  return -1
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length
const standardError = (values: ArrayLike<number>): number => {
  const m = mean(values)
  return Math.sqrt(mean(Array.from(values, (v) => (v - m) ** 2)) / (values.length - 1))
}

test('every toy has a grid, and every name is its own', () => {
  expect(new Set(grids.map(({ toy }) => toy))).toEqual(new Set(toys))
  expect(new Set(toys.map((toy) => toy.name)).size).toBe(toys.length)
})

test('a toy is found by name, and an unknown name gets a suggestion', () => {
  for (const toy of toys) expect(toyByName(toy.name)).toBe(toy)
  expect(() => toyByName('two-moon')).toThrow(
    expect.objectContaining({
      kind: 'usage',
      code: 'usage/unknown-name',
      message: expect.stringContaining('Did you mean "two-moons"?'),
      hint: expect.stringContaining('two-moons, checkerboard'),
    }),
  )
})

describe.each(grids.map((grid) => [grid.toy.name, grid] as const))('%s', (_, grid) => {
  const { toy, axes, tolerance } = grid
  const { x, weights, bins } = nodesOf(grid)
  const logDensity = toy.logDensity(x)
  const masses = logDensity.map((l, n) => weights[n]! * Math.exp(l))
  /** E[f] by quadrature. */
  const expectation = (f: (n: number) => number): number =>
    masses.reduce((sum, mass, n) => (mass > 0 ? sum + mass * f(n) : sum), 0)
  const entropy = -expectation((n) => logDensity[n]!)
  const sampleCount = 4000
  const sample = toy.sample({ seed: 7, count: sampleCount })

  test('integrates to 1', () => {
    expect(Math.abs(expectation(() => 1) - 1)).toBeLessThan(tolerance)
  })

  test('states its entropy, mean and covariance as quadrature finds them', () => {
    if (toy.entropy) expect(Math.abs(toy.entropy() - entropy)).toBeLessThan(50 * tolerance)
    const moment = (i: number): number => expectation((n) => x[2 * n + i]!)
    const product = (i: number, k: number): number => expectation((n) => x[2 * n + i]! * x[2 * n + k]!)
    const stated = toy.mean?.()
    for (const i of [0, 1]) {
      if (stated) expect(Math.abs(stated[i]! - moment(i))).toBeLessThan(50 * tolerance)
      for (const k of [0, 1]) {
        const covariance = toy.covariance?.()[2 * i + k]
        if (covariance !== undefined)
          expect(Math.abs(covariance - (product(i, k) - moment(i) * moment(k)))).toBeLessThan(100 * tolerance)
      }
    }
  })

  test('has as its score the gradient of its log-density', () => {
    expectScoreIsGradient(toy, sample.subarray(0, 2 * 40))
  })

  test('draws samples whose mean log-density is minus the entropy, within 4 standard errors', () => {
    const values = toy.logDensity(sample)
    expect(Math.abs(mean(values) + entropy)).toBeLessThanOrEqual(4 * standardError(values) + 1e-9)
  })

  test('draws samples that fill its bins as the density says: χ²', () => {
    const [first, second] = axes
    const expected = new Float64Array((first.edges.length - 1) * (second.edges.length - 1))
    masses.forEach((mass, n) => {
      expected[bins[n]!]! += sampleCount * mass
    })
    const counts = new Float64Array(expected.length)
    for (let row = 0; row < sampleCount; row++) {
      const a = panelOf(first, sample[2 * row]!)
      const b = panelOf(second, sample[2 * row + 1]!)
      expect(Math.min(a, b)).toBeGreaterThanOrEqual(0)
      counts[a * (second.edges.length - 1) + b]!++
    }
    const rare = { expected: 0, count: 0 }
    let chiSquared = 0
    let freedom = -1
    expected.forEach((e, bin) => {
      if (e < 5) {
        rare.expected += e
        rare.count += counts[bin]!
      } else {
        chiSquared += (counts[bin]! - e) ** 2 / e
        freedom++
      }
    })
    if (rare.expected > 5) {
      chiSquared += (rare.count - rare.expected) ** 2 / rare.expected
      freedom++
    } else expect(rare.count).toBeLessThanOrEqual(rare.expected + 5 * Math.sqrt(rare.expected + 1))
    expect(freedom).toBeGreaterThanOrEqual(15)
    expect(Math.abs(chiSquared - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom))
  })

  test('draws a row from its seed and index alone', () => {
    const straight = toy.sample({ seed: 3, first: 5, count: 30 })
    const split = [
      toy.sample({ seed: 3, first: 5, count: 11 }),
      toy.sample({ seed: 3, first: 16, count: 19 }),
    ]
    expect([...split[0]!, ...split[1]!]).toEqual([...straight])
    expect(toy.sample({ seed: 4, first: 5, count: 30 })).not.toEqual(straight)
    expect(toy.sample({ seed: 3, count: 0 })).toHaveLength(0)
  })

  test('lies in its window', () => {
    const inside = [...sample].filter((v) => v >= toy.window[0] && v <= toy.window[1]).length
    expect(inside / sample.length).toBeGreaterThan(0.98)
  })

  const { noised } = toy
  // What has no closed form under noise has nothing to test here; which toys these are, the last test says.
  if (noised !== undefined)
    describe('noised', () => {
      const noising = { alpha: 0.8, std: 0.5 }
      const points = [...sample.subarray(0, 12), 0, 0, 3, -2, 6, 5]

      /** ∫ p(x₀) N(x; alpha·x₀, std²I) f(x₀) dx₀ at one point x. */
      const convolved = (alpha: number, std: number, at: number, f: (n: number) => number): number =>
        expectation((n) => {
          const squared =
            (points[at]! - alpha * x[2 * n]!) ** 2 + (points[at + 1]! - alpha * x[2 * n + 1]!) ** 2
          return (f(n) * Math.exp(-squared / (2 * std * std))) / (2 * Math.PI * std * std)
        })

      test('is the convolution with the noise, by brute force', () => {
        const exact = noised!(noising).logDensity(Float64Array.from(points))
        exact.forEach((value, row) => {
          const brute = Math.log(convolved(noising.alpha, noising.std, 2 * row, () => 1))
          expect(Math.abs(value - brute)).toBeLessThan(100 * tolerance)
        })
      })

      test('has as its score the gradient of its log-density', () => {
        expectScoreIsGradient(noised!(noising), Float64Array.from(points))
      })

      test("denoises to the posterior's mean (Tweedie)", () => {
        const sigma = 0.6
        const denoised = exactDenoiser(toy, { sigma })(Float64Array.from(points))
        for (let row = 0; row < points.length / 2; row++) {
          const evidence = convolved(1, sigma, 2 * row, () => 1)
          for (const k of [0, 1]) {
            const posteriorMean = convolved(1, sigma, 2 * row, (n) => x[2 * n + k]!) / evidence
            expect(Math.abs(denoised[2 * row + k]! - posteriorMean)).toBeLessThan(200 * tolerance)
          }
        }
      })

      test('twice is noised once, by both', () => {
        const once = noised!({ alpha: 0.4, std: Math.hypot(0.5 * 0.5, 0.3) })
        const twice = noised!({ alpha: 0.8, std: 0.5 }).noised!({ alpha: 0.5, std: 0.3 })
        const [a, b] = [once, twice].map((density) => density.logDensity(Float64Array.from(points)))
        a!.forEach((value, row) => {
          expect(Math.abs(value - b![row]!)).toBeLessThan(1e-10 * Math.max(1, Math.abs(value)))
        })
      })

      test('draws what noising its samples draws', () => {
        const density = noised!(noising)
        const direct = density.logDensity(density.sample({ seed: 1, count: sampleCount }))
        const noise = new RandomStream({ seed: 2, name: 'test' }).normal({
          first: 0,
          count: sampleCount,
          width: 2,
        })
        const indirect = density.logDensity(sample.map((v, k) => noising.alpha * v + noising.std * noise[k]!))
        const error = Math.hypot(standardError(direct), standardError(indirect))
        expect(Math.abs(mean(direct) - mean(indirect))).toBeLessThan(4 * error)
      })

      test('becomes the noise alone at alpha = 0', () => {
        const [value] = noised!({ alpha: 0, std: 0.7 }).logDensity(Float64Array.of(0.3, -0.4))
        expect(value).toBeCloseTo(-0.25 / (2 * 0.49) - Math.log(2 * Math.PI * 0.49), 12)
      })
    })
})

/** Central differences, extrapolated (Richardson), against the score. */
function expectScoreIsGradient(density: Pick<Toy, 'logDensity' | 'score'>, points: Float64Array): void {
  const score = density.score(points)
  const slope = (k: number, h: number): number => {
    const row = points.slice(k - (k % 2), k - (k % 2) + 2)
    const at = (shift: number): number =>
      density.logDensity(row.map((v, i) => v + (i === k % 2 ? shift : 0)))[0]!
    return (at(h) - at(-h)) / (2 * h)
  }
  points.forEach((_, k) => {
    const h = 2e-4
    const gradient = (4 * slope(k, h / 2) - slope(k, h)) / 3
    expect(Math.abs(score[k]! - gradient)).toBeLessThan(1e-6 * Math.max(1, Math.abs(gradient)))
  })
}

test('all but three toys have a closed form under noise', () => {
  const without = toys.filter(({ noised }) => noised === undefined).map(({ name }) => name)
  expect(without.sort()).toEqual(['banana', 'pinwheel', 'student-t'])
})
