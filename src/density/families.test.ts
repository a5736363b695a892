import { describe, expect, test } from 'vitest'
import { cholesky } from './cholesky.ts'
import {
  banana,
  type Density,
  describedAs,
  type ExactDensity,
  exactDenoiser,
  gaussian,
  gaussianMixture,
  gaussLegendre,
  mixture,
  noisedOrSampleOnly,
  noisyBox,
  noisyCircle,
  noisyCurve,
  sampleOnly,
  studentT,
  twistedGaussian,
  uniformBox,
} from './index.ts'

const rule = gaussLegendre(16)

/** ∫ f over [low, high], composite Gauss–Legendre. */
function integrate(f: (x: number) => number, low: number, high: number, panels: number): number {
  const half = (high - low) / (2 * panels)
  let sum = 0
  for (let p = 0; p < panels; p++)
    rule.nodes.forEach((node, k) => {
      sum += half * rule.weights[k]! * f(low + half * (2 * p + 1 + node))
    })
  return sum
}

const logDensityAt = (density: Density, ...point: number[]): number =>
  density.logDensity(Float64Array.from(point))[0]!

function expectScoreIsGradient(density: Density, point: readonly number[]): void {
  const score = density.score(Float64Array.from(point))
  point.forEach((_, k) => {
    const at = (shift: number): number =>
      logDensityAt(density, ...point.map((v, i) => v + (i === k ? shift : 0)))
    const slope = (h: number): number => (at(h) - at(-h)) / (2 * h)
    expect(score[k]).toBeCloseTo((4 * slope(1e-4) - slope(2e-4)) / 3, 7)
  })
}

const covariance3 = [2, 0.6, -0.4, 0.6, 1, 0.3, -0.4, 0.3, 0.5]
const mean3 = [1, -2, 0.5]

describe('on the line', () => {
  const helix = {
    dimension: 1,
    start: 0,
    end: 1,
    point: (t: number) => [t * t],
    density: () => 1,
    quantile: (u: number) => u,
  }
  const densities: readonly ExactDensity[] = [
    gaussian({ mean: [0.3], covariance: [0.49] }),
    gaussianMixture({ weights: [3, 1], means: [[-1], [2]], covariances: [0.25, [0.09]] }),
    studentT({ location: [1], scale: [0.25], degreesOfFreedom: 3.5 }),
    studentT({ location: [0], scale: [1], degreesOfFreedom: 1.5 }),
    noisyBox({ low: [-1], high: [2], alpha: 1, std: 0.1 }),
    noisyCurve({ curve: helix, std: 0.15 }),
  ]
  test.each(densities.map((density) => [density.name, density] as const))('%s', (_, density) => {
    // x = sinh u reaches the heavy tails; panels of 0.1 in u resolve the narrow ones.
    const expectation = (f: (x: number, logDensity: number) => number): number =>
      integrate(
        (u) => {
          const l = logDensityAt(density, Math.sinh(u))
          return l > -700 ? Math.exp(l) * Math.cosh(u) * f(Math.sinh(u), l) : 0
        },
        -22,
        22,
        440,
      )
    expect(expectation(() => 1)).toBeCloseTo(1, 9)
    if (density.entropy) expect(density.entropy()).toBeCloseTo(-expectation((_, l) => l), 7)
    const stated = density.mean?.()[0]
    if (stated !== undefined && density.name !== 'student-t') {
      const moment = expectation((x) => x)
      expect(stated).toBeCloseTo(moment, 9)
      expect(density.covariance?.()[0]).toBeCloseTo(
        expectation((x) => (x - moment) ** 2),
        8,
      )
    }
    for (const x of [-1.7, 0, 0.4, 2.2]) expectScoreIsGradient(density, [x])

    // Kolmogorov–Smirnov: 1.95/√n is passed with probability 0.999.
    const sample = density.sample({ seed: 11, count: 2000 }).sort()
    const cdf = (x: number): number =>
      integrate((u) => Math.exp(logDensityAt(density, Math.sinh(u))) * Math.cosh(u), -22, Math.asinh(x), 200)
    const quantiles = [50, 200, 500, 900, 1000, 1100, 1500, 1800, 1950]
    for (const k of quantiles)
      expect(Math.abs(cdf(sample[k]!) - (k + 0.5) / 2000)).toBeLessThan(1.95 / Math.sqrt(2000))
  })

  test('a mixture noised is the convolution', () => {
    const [, density] = densities
    const noised = density!.noised!({ alpha: 0.7, std: 0.4 })
    for (const x of [-2, 0, 1.1]) {
      const brute = integrate(
        (y) =>
          Math.exp(logDensityAt(density!, y) - (x - 0.7 * y) ** 2 / 0.32) / Math.sqrt(2 * Math.PI * 0.16),
        -8,
        8,
        80,
      )
      expect(logDensityAt(noised, x)).toBeCloseTo(Math.log(brute), 11)
    }
  })

  test("the standard normal's entropy is 2.047095585 bits", () => {
    expect(gaussian({ mean: [0], covariance: 1 }).entropy!() / Math.LN2).toBeCloseTo(2.047095585180641, 14)
  })

  test('entropies of Student t, against 50-digit arithmetic', () => {
    const plane = studentT({ location: [0, 0], scale: [1, 0, 0, 1], degreesOfFreedom: 5 })
    expect(plane.entropy!()).toBeCloseTo(3.2378770664093457, 13)
    const line = studentT({ location: [0], scale: [1], degreesOfFreedom: 3.5 })
    expect(line.entropy!()).toBeCloseTo(1.7208901206824672, 13)
  })

  test('Student t states NaN for the moments it does not have', () => {
    const cauchy = studentT({ location: [0], scale: [1], degreesOfFreedom: 1 })
    expect(cauchy.mean!()[0]).toBeNaN()
    expect(cauchy.covariance!()[0]).toBeNaN()
    expect(logDensityAt(cauchy, 2)).toBeCloseTo(-Math.log(Math.PI * 5), 13)
  })
})

describe('in space', () => {
  const density = gaussian({ mean: mean3, covariance: covariance3 })
  const densities: readonly ExactDensity[] = [
    density,
    gaussianMixture({ means: [mean3, [0, 0, 0]], covariances: [covariance3, 0.5], weights: [1, 2] }),
    studentT({ location: mean3, scale: covariance3, degreesOfFreedom: 6 }),
    noisyBox({ low: [-1, 0, 1], high: [1, 1, 4], alpha: 0.5, std: 0.3 }),
    noisyCurve({
      std: 0.3,
      curve: {
        dimension: 3,
        start: 0,
        end: 6,
        point: (t) => [Math.cos(t), Math.sin(t), t / 3],
        density: () => 1 / 6,
        quantile: (u) => 6 * u,
      },
    }),
  ]

  test('the Gaussian is the textbook formula, with the inverse by cofactors', () => {
    const [a, b, c, , e, f, , , i] = covariance3 as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    const determinant = a * (e * i - f * f) - b * (b * i - f * c) + c * (b * f - e * c)
    const inverse = [
      e * i - f * f,
      c * f - b * i,
      b * f - c * e,
      a * i - c * c,
      c * b - a * f,
      a * e - b * b,
    ].map((cofactor) => cofactor / determinant) as [number, number, number, number, number, number]
    const [x, y, z] = [0.2 - mean3[0]!, -1 - mean3[1]!, 0.9 - mean3[2]!] as [number, number, number]
    const squared =
      inverse[0] * x * x +
      inverse[3] * y * y +
      inverse[5] * z * z +
      2 * (inverse[1] * x * y + inverse[2] * x * z + inverse[4] * y * z)
    const expected = -0.5 * squared - 0.5 * Math.log((2 * Math.PI) ** 3 * determinant)
    expect(logDensityAt(density, 0.2, -1, 0.9)).toBeCloseTo(expected, 12)
    expect(density.entropy!()).toBeCloseTo(0.5 * Math.log((2 * Math.PI * Math.E) ** 3 * determinant), 12)
  })

  test.each(densities.map((each) => [each.name, each] as const))('%s', (_, each) => {
    expectScoreIsGradient(each, [0.4, -0.7, 1.1])
    if (each.noised) expectScoreIsGradient(each.noised({ alpha: 0.9, std: 0.7 }), [0.4, -0.7, 1.1])
    const count = 20000
    const sample = each.sample({ seed: 5, count })
    const mean = each.mean!()
    const covariance = each.covariance!()
    const about = (row: number, k: number): number => sample[3 * row + k]! - mean[k]!
    for (let i = 0; i < 3; i++)
      for (let k = 0; k <= i; k++) {
        let first = 0
        let sum = 0
        let squares = 0
        for (let row = 0; row < count; row++) {
          const product = about(row, i) * about(row, k)
          first += about(row, i)
          sum += product
          squares += product * product
        }
        const error = Math.sqrt((squares / count - (sum / count) ** 2) / count)
        expect(Math.abs(sum / count - covariance[3 * i + k]!)).toBeLessThan(4 * error)
        expect(Math.abs(first / count)).toBeLessThan(4 * Math.sqrt(covariance[4 * i]! / count))
      }
  })
})

test('noising a Gaussian: N(alpha m, alpha² C + std² I), also with std 0', () => {
  const noised = gaussian({ mean: mean3, covariance: covariance3 }).noised!({ alpha: 0.5, std: 2 })
  expect([...noised.mean!()]).toEqual([0.5, -1, 0.25])
  expect(noised.covariance!()[0]).toBeCloseTo(4.5, 14)
  expect(noised.covariance!()[1]).toBeCloseTo(0.15, 14)
  const halved = uniformBox({ low: [0], high: [2] }).noised!({ alpha: 0.5, std: 0 })
  expect(logDensityAt(halved, 0.5)).toBeCloseTo(0, 15)
  expect(logDensityAt(halved, 1.5)).toBe(-Infinity)
})

test('far from everything, log-density and score stay finite and right', () => {
  const pair = gaussianMixture({ means: [[0], [1]], covariances: [1, 1] })
  expect(logDensityAt(pair, 1e4)).toBeCloseTo(-0.5 * 9999 ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.LN2, 6)
  expect(pair.score(Float64Array.of(1e4))[0]).toBeCloseTo(-9999, 8)
  const box = noisyBox({ low: [0], high: [1], alpha: 1, std: 0.01 })
  expect(box.score(Float64Array.of(50))[0]! / (-49 / 1e-4)).toBeCloseTo(1, 4)
  const ring = noisyCircle({ radius: 1, std: 0.01 })
  expect(ring.score(Float64Array.of(20, 0))[0]! / (-19 / 1e-4)).toBeCloseTo(1, 3)
  expect([...ring.score(Float64Array.of(0, 0))]).toEqual([0, 0])
})

test('a noisy circle by quadrature over its angle', () => {
  const circle = noisyCircle({ radius: 1.3, std: 0.4 })
  const curve = noisyCurve({
    std: 0.4,
    curve: {
      dimension: 2,
      start: 0,
      end: 2 * Math.PI,
      point: (t) => [1.3 * Math.cos(t), 1.3 * Math.sin(t)],
      density: () => 1 / (2 * Math.PI),
      quantile: (u) => 2 * Math.PI * u,
    },
  })
  for (const [a, b] of [
    [0, 0],
    [1, 0.5],
    [-1.2, 0.1],
    [4, -3],
  ] as const)
    expect(logDensityAt(circle, a, b)).toBeCloseTo(logDensityAt(curve, a, b), 12)
})

test('a straight noisy segment is a noisy box, up to 15 standard deviations away', () => {
  const segment = noisyCurve({
    std: 0.1,
    curve: {
      dimension: 2,
      start: -1,
      end: 1,
      point: (t) => [t, 0],
      density: () => 0.5,
      quantile: (u) => 2 * u - 1,
    },
  })
  const box = noisyBox({ low: [-1], high: [1], alpha: 1, std: 0.1 })
  const across = gaussian({ mean: [0], covariance: 0.01 })
  for (const [a, b] of [
    [0, 0],
    [0.95, 0.1],
    [-2.4, 0],
    [1.5, -1.2],
  ] as const) {
    const exact = logDensityAt(box, a) + logDensityAt(across, b)
    expect(Math.abs(logDensityAt(segment, a, b) - exact)).toBeLessThan(1e-12 * Math.max(1, Math.abs(exact)))
  }
})

test('samples under another name are other samples of the same density', () => {
  const one = gaussian({ mean: [0], covariance: 1 })
  const other = describedAs(one, { name: 'other', summary: 'a', source: 'b' })
  expect(other.sample({ seed: 1, count: 3 })).not.toEqual(one.sample({ seed: 1, count: 3 }))
  expect(logDensityAt(other, 0.3)).toBe(logDensityAt(one, 0.3))
})

test('a mixture has only what all its components have', () => {
  const twisted = twistedGaussian({
    angle: 0,
    centre: 1,
    radialStd: 0.3,
    tangentialStd: 0.1,
    rate: 0.25,
    size: 2,
  })
  const both = mixture({ components: [twisted, gaussian({ mean: [0, 0], covariance: 1 })] })
  expect([both.noised, both.mean, both.covariance, both.entropy]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

describe('what is not known', () => {
  const bent = banana({ width: 1, thickness: 0.4, bend: 0.8 })

  test('a sample-only distribution refuses its log-density and score', () => {
    const noised = noisedOrSampleOnly(bent, { alpha: 0.5, std: 2 })
    expect(noised.exact).toBe(false)
    for (const ask of [noised.logDensity, noised.score])
      expect(() => ask(new Float64Array(2))).toThrow(
        expect.objectContaining({ kind: 'ability', code: 'density/not-exact' }),
      )
    const sample = noised.sample({ seed: 1, count: 20000 })
    const variance = sample.reduce((sum, v, k) => (k % 2 === 0 ? sum + v * v : sum), 0) / 20000
    expect(Math.abs(variance - 4.25)).toBeLessThan(4 * 4.25 * Math.sqrt(2 / 20000))
    expect(noisedOrSampleOnly(gaussian({ mean: [0], covariance: 1 }), { alpha: 1, std: 1 }).exact).toBe(true)
    expect(sampleOnly(bent).sample({ seed: 1, count: 5 })).toEqual(bent.sample({ seed: 1, count: 5 }))
  })

  test('its denoiser is refused', () => {
    expect(() => exactDenoiser(bent, { sigma: 1 })).toThrow(
      expect.objectContaining({ kind: 'ability', code: 'density/not-noised' }),
    )
  })
})

describe('wrong input gets its code', () => {
  const unit = gaussian({ mean: [0, 0], covariance: 1 })
  test.each([
    ['density/shape', () => unit.logDensity(new Float64Array(3))],
    ['density/noising', () => unit.noised!({ alpha: 0, std: 0 })],
    ['density/noising', () => unit.noised!({ alpha: 1, std: Number.NaN })],
    ['density/covariance', () => gaussian({ mean: [0, 0], covariance: [1, 0, 0] })],
    ['density/covariance', () => gaussian({ mean: [0, 0], covariance: [1, 2, 2, 1] })],
    ['density/covariance', () => gaussian({ mean: [0, 0], covariance: [1, 0.5, 0.4, 1] })],
    ['density/covariance', () => cholesky([Number.NaN], 1)],
    ['density/parameter', () => gaussian({ mean: [], covariance: 1 })],
    ['density/parameter', () => gaussianMixture({ means: [[0]], covariances: [] })],
    ['density/parameter', () => mixture({ components: [] })],
    ['density/parameter', () => mixture({ components: [unit, gaussian({ mean: [0], covariance: 1 })] })],
    ['density/parameter', () => mixture({ components: [unit, unit], weights: [1, -1] })],
    ['density/parameter', () => mixture({ components: [unit, unit], weights: [1] })],
    ['density/parameter', () => uniformBox({ low: [0], high: [0] })],
    ['density/parameter', () => uniformBox({ low: [0, 1], high: [1] })],
    ['density/parameter', () => noisyBox({ low: [0], high: [1], alpha: 1, std: 0 })],
    ['density/parameter', () => studentT({ location: [0], scale: [1], degreesOfFreedom: 0 })],
    ['density/parameter', () => exactDenoiser(unit, { sigma: 0 })],
  ])('%s (%#)', (code, act) => {
    expect(act).toThrow(expect.objectContaining({ code, kind: 'usage' }))
  })
})
