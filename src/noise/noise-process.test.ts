import { describe, expect, test } from 'vitest'
import {
  cosine,
  edm,
  edmPreconditioning,
  noiseProcessByName,
  noiseProcesses,
  rectifiedFlow,
  subVariancePreserving,
  varianceExploding,
  variancePreserving,
} from './index.ts'

const relativeError = (actual: number, expected: number): number => Math.abs(actual / expected - 1)

/** df/dt by central differences, extrapolated; exact to about 1e-9 of the scale of f. */
function derivative(f: (t: number) => number, t: number): number {
  const slope = (h: number): number => (f(t + h) - f(t - h)) / (2 * h)
  const h = 1e-3 * Math.min(t, 1)
  return (4 * slope(h / 2) - slope(h)) / 3
}

/** Defaults, and parameters far from them. */
const variants = [
  ...noiseProcesses,
  variancePreserving({ betaMin: 1, betaMax: 1 }),
  subVariancePreserving({ betaMin: 0.5, betaMax: 9 }),
  varianceExploding({ sigmaMin: 0.1, sigmaMax: 3 }),
  edm({ sigmaMin: 0.01, sigmaMax: 10 }),
  cosine({ offset: 0, minAlpha: 0.01 }),
  rectifiedFlow({ minAlpha: 1e-5 }),
]

describe.each(
  variants.map((process) => [`${process.name} ${JSON.stringify(process.parameters)}`, process] as const),
)('%s', (_, process) => {
  const [tMin, tMax] = process.trainRange
  // Geometric near the data, even, and up to the end.
  const fractions = [1e-4, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.97]
  const inner = fractions.map((fraction) => tMin + fraction * (tMax - tMin))
  const times = [tMin, ...inner, tMax]

  test('alpha′ = f·alpha, and it is the derivative stated', () => {
    for (const t of inner) {
      const error = derivative(process.alpha, t) - process.alphaDerivative(t)
      expect(Math.abs(error)).toBeLessThan(1e-7 * Math.max(1, Math.abs(process.alphaDerivative(t))))
      const product = process.drift(t) * process.alpha(t)
      expect(Math.abs(process.alphaDerivative(t) - product)).toBeLessThan(
        1e-12 * Math.max(1, Math.abs(product)),
      )
    }
  })

  test('(std²)′ = 2f·std² + g², and std′ is the derivative stated', () => {
    for (const t of inner) {
      const expected = 2 * process.drift(t) * process.std(t) ** 2 + process.diffusionSquared(t)
      expect(
        relativeError(
          derivative((s) => process.std(s) ** 2, t),
          expected,
        ),
      ).toBeLessThan(1e-7)
      expect(relativeError(derivative(process.std, t), process.stdDerivative(t))).toBeLessThan(1e-7)
      expect(relativeError(2 * process.std(t) * process.stdDerivative(t), expected)).toBeLessThan(1e-10)
    }
  })

  test('sigma = std/alpha increases, and timeOfSigma inverts it to 1e-12', () => {
    let last = 0
    for (const t of times) {
      const sigma = process.sigma(t)
      expect(relativeError(sigma, process.std(t) / process.alpha(t))).toBeLessThan(1e-12)
      expect(sigma).toBeGreaterThan(last)
      last = sigma
      expect(relativeError(process.sigma(process.timeOfSigma(sigma)), sigma)).toBeLessThan(1e-12)
      expect(relativeError(process.timeOfSigma(sigma), t)).toBeLessThan(1e-10)
    }
  })

  test('logSnr = −2 ln sigma', () => {
    for (const t of times)
      expect(Math.abs(process.logSnr(t) + 2 * Math.log(process.sigma(t)))).toBeLessThan(1e-12)
  })

  test('alpha² + std² = 1 exactly where declared', () => {
    const sums = times.map((t) => process.alpha(t) ** 2 + process.std(t) ** 2)
    expect(sums.every((sum) => Math.abs(sum - 1) < 1e-14)).toBe(process.variancePreserving)
  })

  test('starts at the data and ends at the prior', () => {
    const standardised = process.alpha(tMax) ** 2 + process.std(tMax) ** 2 // of data with variance 1
    expect(Math.sqrt(standardised) / process.priorStd).toBeLessThan(1.1)
    expect(process.std(tMax) / process.priorStd).toBeGreaterThan(0.79)
    expect(process.alpha(tMin)).toBeGreaterThan(0.999)
    expect(process.sampleMin).toBeGreaterThanOrEqual(tMin)
    for (const of of [process.drift, process.diffusionSquared, process.alpha, process.std])
      for (const t of [...times, 1]) expect(Number.isFinite(of(t))).toBe(true)
  })

  test('is made again from its name and its parameters as JSON', () => {
    const again = noiseProcessByName(process.name, JSON.parse(JSON.stringify(process.parameters)))
    expect(again.parameters).toEqual(process.parameters)
    for (const t of times) expect(again.sigma(t)).toBe(process.sigma(t))
  })
})

describe('golden values', () => {
  // 50-digit arithmetic, rounded to double.
  const vp = variancePreserving()
  const sub = subVariancePreserving()
  const cos = cosine()
  const tableSigma = [
    [vp, 1, 152.16697028394648],
    [vp, 1e-3, 0.010485992786702987],
    [vp, 1e-5, 1.000497626681674e-3],
    [sub, 1, 152.16368452617462],
    [sub, 1e-3, 0.00010995000005538274],
    [sub, 1e-5, 1.0009950000000418e-6],
    [cos, 1e-5, 0.0006235428692163048],
    [cos, 1e-3, 0.006425412771127171],
    [cos, 0.5, 1.0123895639480043],
    [cos, 0.99, 64.16109114040533],
    [varianceExploding(), 0.3, 0.1287333293545224],
  ] as const
  test.each(tableSigma.map(([process, t, value]) => [process.name, t, value, process] as const))(
    '%s: sigma(%f) = %f',
    (_, t, value, process) => {
      expect(relativeError(process.sigma(t), value)).toBeLessThan(2e-14)
    },
  )

  test('std at small t keeps every digit', () => {
    expect(relativeError(vp.std(1e-5), 1.0004971259352383e-3)).toBeLessThan(1e-14)
    expect(relativeError(sub.std(1e-5), 1.0009944990046721e-6)).toBeLessThan(1e-14)
    expect(relativeError(cos.std(1e-5), 0.0006235427479978262)).toBeLessThan(1e-14)
    expect(relativeError(sub.logSnr(1e-5), 27.629032105297238)).toBeLessThan(1e-14)
  })

  test('the published ones', () => {
    expect(vp.alpha(1)).toBeCloseTo(6.5715864949e-3, 13)
    expect(vp.sigma(1)).toBeCloseTo(152.166970264, 6)
    expect(vp.sigma(1e-3)).toBeCloseTo(0.010485992787, 12)
    expect(vp.sigma(1e-5)).toBeCloseTo(1.000497626681674e-3, 17)
    expect(vp.std(1e-5)).toBeCloseTo(1.0004971259e-3, 13)
    expect(sub.std(1e-5)).toBeCloseTo(1.000994499e-6, 15)
    const exploding = varianceExploding()
    for (const t of [0, 0.3, 1])
      expect(Math.sqrt(exploding.diffusionSquared(t)) / exploding.sigma(t)).toBeCloseTo(4.12727348, 8)
  })

  test('the ends of time', () => {
    expect(relativeError(varianceExploding().std(0), 0.01)).toBeLessThan(1e-15)
    expect(relativeError(varianceExploding().std(1), 50)).toBeLessThan(1e-14)
    expect(cosine().alpha(cosine().trainRange[1])).toBeCloseTo(1e-3, 14)
    expect(rectifiedFlow().sigma(1)).toBe(Infinity)
    expect(rectifiedFlow().timeOfSigma(Infinity)).toBe(1)
    const steep = variancePreserving({ betaMax: 2000 })
    expect(relativeError(steep.sigma(1), Math.exp(0.5 * (0.1 + 0.5 * 1999.9)))).toBeLessThan(1e-12)
    expect(relativeError(steep.timeOfSigma(steep.sigma(1)), 1)).toBeLessThan(1e-12)
  })
})

describe('EDM preconditioning', () => {
  test('golden values at sigma = sigmaData = 0.5', () => {
    const { cSkip, cOut, cIn, cNoise, lossWeight } = edmPreconditioning({ sigma: 0.5, sigmaData: 0.5 })
    expect(cSkip).toBeCloseTo(0.5, 14)
    expect(cOut).toBeCloseTo(Math.SQRT1_2 / 2, 14)
    expect(cIn).toBeCloseTo(Math.SQRT2, 14)
    expect(cNoise).toBeCloseTo(-0.173286795, 9)
    expect(lossWeight).toBeCloseTo(8, 13)
  })

  test('makes input and target of unit variance, and the weighted loss unweighted, at any level', () => {
    for (const sigma of [0.002, 0.3, 1, 80])
      for (const sigmaData of [0.1, 0.5, 2]) {
        const { cSkip, cOut, cIn, lossWeight } = edmPreconditioning({ sigma, sigmaData })
        expect(lossWeight * cOut ** 2).toBeCloseTo(1, 12)
        expect(cIn ** 2 * (sigma ** 2 + sigmaData ** 2)).toBeCloseTo(1, 12)
        // target = (x₀ − cSkip(x₀ + σz))/cOut
        const targetVariance = ((1 - cSkip) ** 2 * sigmaData ** 2 + cSkip ** 2 * sigma ** 2) / cOut ** 2
        expect(targetVariance).toBeCloseTo(1, 9)
      }
  })
})

describe('wrong input gets its code and a suggestion', () => {
  test('an unknown name', () => {
    expect(() => noiseProcessByName('rectifiedflow')).toThrow(
      expect.objectContaining({
        code: 'usage/unknown-name',
        message: expect.stringContaining('"rectified-flow"'),
      }),
    )
  })
  test('an unknown parameter', () => {
    expect(() => noiseProcessByName('variance-preserving', { betaMn: 1 })).toThrow(
      expect.objectContaining({
        code: 'noise/parameter',
        message: expect.stringContaining("Did you mean 'betaMin'?"),
      }),
    )
    expect(() => edm().withParameters({ toString: 1 })).toThrow(
      expect.objectContaining({
        code: 'noise/parameter',
        hint: expect.stringContaining('sigmaMin, sigmaMax'),
      }),
    )
  })
  test.each([
    () => variancePreserving({ betaMin: 0 }),
    () => variancePreserving({ betaMin: 3, betaMax: 2 }),
    () => subVariancePreserving({ betaMax: Number.NaN }),
    () => varianceExploding({ sigmaMin: 60 }),
    () => edm({ sigmaMin: 0 }),
    () => cosine({ offset: -1 }),
    () => cosine({ minAlpha: 0 }),
    () => rectifiedFlow({ minAlpha: 1 }),
  ])('a parameter out of range (%#)', (act) => {
    expect(act).toThrow(expect.objectContaining({ kind: 'usage', code: 'noise/parameter' }))
  })
})
