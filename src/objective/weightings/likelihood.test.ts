import { describe, expect, test } from 'vitest'
import { type ExactDensity, gaussian, gaussianMixture, gaussLegendre } from '../../density/index.ts'
import { likelihood } from './likelihood.ts'

const range = { sigmaMin: 0.02, sigmaMax: 30, sigmaData: 1 }
const { nodes, weights } = gaussLegendre(600)

/** E g(x) under a density in one dimension, by quadrature. */
function expectation(density: ExactDensity, reach: number, g: (x: Float64Array) => Float64Array): number {
  const x = nodes.map((node) => reach * node)
  const values = g(x)
  return density
    .logDensity(x)
    .reduce((sum, log, k) => sum + Math.exp(log) * values[k]! * weights[k]! * reach, 0)
}

/** The right-hand side of the bound for d = 1: L − ln(σ_max/σ_min) − E ln π(x at σ_max), with L by quadrature over u. */
function bound(squaredError: (sigma: number) => number, crossEntropyOfPrior: number): number {
  const rule = gaussLegendre(80)
  let loss = 0
  rule.nodes.forEach((node, k) => {
    const sigma = likelihood.level((1 + node) / 2, range)
    loss += (rule.weights[k]! / 2) * likelihood.weight(sigma, range) * squaredError(sigma)
  })
  return loss - Math.log(range.sigmaMax / range.sigmaMin) + crossEntropyOfPrior
}

describe('−E ln p ≤ d L − d ln(σ_max/σ_min) − E ln π', () => {
  test('an equality on a Gaussian', () => {
    for (const variance of [0.01, 1, 25]) {
      const density = gaussian({ mean: [0], covariance: variance })
      const entropyAt = (std: number): number => density.noised!({ alpha: 1, std }).entropy!()
      const error = (sigma: number): number => (variance * sigma ** 2) / (variance + sigma ** 2)
      expect(bound(error, entropyAt(range.sigmaMax))).toBeCloseTo(entropyAt(range.sigmaMin), 10)
    }
  })

  test('an equality on a mixture', () => {
    const density = gaussianMixture({ means: [[-1], [1.5]], covariances: [0.1, 0.4], weights: [1, 2] })
    const entropyAt = (std: number): number => {
      const noised = density.noised!({ alpha: 1, std })
      return expectation(noised, 8 + 10 * std, (x) => noised.logDensity(x).map((log) => -log))
    }
    const error = (sigma: number): number => {
      const noised = density.noised!({ alpha: 1, std: sigma })
      const information = expectation(noised, 8 + 10 * sigma, (x) => noised.score(x).map((s) => s * s))
      return sigma ** 2 - sigma ** 4 * information
    }
    expect(bound(error, entropyAt(range.sigmaMax))).toBeCloseTo(entropyAt(range.sigmaMin), 7)
  })

  test('an equality for the true denoiser of a wrong Gaussian, which the model then is', () => {
    for (const believed of [0.5, 0.9, 1.2, 3]) {
      const errors = linear((sigma) => 1 / (believed + sigma ** 2))
      const entropyAt = (sigma: number): number => errors.crossEntropy(believed + sigma ** 2, sigma)
      expect(bound(errors.squared, entropyAt(range.sigmaMax))).toBeCloseTo(entropyAt(range.sigmaMin), 10)
    }
  })

  test('above it for a denoiser that is the true one of no distribution', () => {
    for (const growth of [0.8, 1.25]) {
      const slope = (sigma: number): number => 1 / (0.7 + growth * sigma ** 2)
      const { squared, crossEntropy } = linear(slope)
      const prior = 1 + range.sigmaMax ** 2
      const reached = crossEntropy(reverseVariance(slope, prior), range.sigmaMin)
      expect(bound(squared, crossEntropy(prior, range.sigmaMax))).toBeGreaterThan(reached + 0.001)
    }
  })
})

/** Of the score −c(σ) x, D = x − σ² c x, on data of N(0, 1): the squared error, and −E ln N(x; 0, modelled). */
function linear(c: (sigma: number) => number) {
  return {
    squared: (sigma: number): number => {
      const keep = 1 - sigma ** 2 * c(sigma)
      return (1 - keep) ** 2 + keep ** 2 * sigma ** 2
    },
    crossEntropy: (modelled: number, sigma: number): number =>
      0.5 * Math.log(2 * Math.PI * modelled) + (1 + sigma ** 2) / (2 * modelled),
  }
}

/** Variance at σ_min of the reverse SDE with the score −c(σ) x: dV/d(−σ²) = 1 − 2cV, by the midpoint rule in ln σ. */
function reverseVariance(c: (sigma: number) => number, start: number): number {
  const steps = 20_000
  const h = Math.log(range.sigmaMax / range.sigmaMin) / steps
  let variance = start
  const slope = (at: number, sigma: number): number => 2 * sigma ** 2 * (1 - 2 * c(sigma) * at)
  for (let k = 0; k < steps; k++) {
    const sigma = range.sigmaMax * Math.exp(-k * h)
    const half = variance + (h / 2) * slope(variance, sigma)
    variance += h * slope(half, sigma * Math.exp(-h / 2))
  }
  return variance
}
