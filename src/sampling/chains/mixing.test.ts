import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import type { ChainDraws } from './draws.ts'
import { bulkEffectiveSize, effectiveSize } from './effective-sample-size.ts'
import { normalScores, plainRHat, rHat } from './r-hat.ts'

/** Chains x ← φ x + e of low-discrepancy normal numbers e; the first one's spread is scaled, the second one is shifted. */
function golden(count: number, length: number, phi: number, shift: number, scale: number): ChainDraws {
  return Array.from({ length: count }, (_, m) => {
    let x = 0
    return Float64Array.from({ length }, (_, i) => {
      const k = m * length + i
      const [u, v] = [(k * 0.6180339887498949) % 1, (k * 0.4142135623730951 + 0.3) % 1]
      x = phi * x + Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)
      return x * (m === 0 ? scale : 1) + (m === 1 ? shift : 0)
    })
  })
}

describe('R-hat and effective sample size', () => {
  // By a program of numpy and scipy: ranks by rankdata, autocovariances by FFT, P̂ by minimum.accumulate.
  it.each([
    [[4, 200, 0, 0, 1], 0.9952620338742412, 692.1760757658011],
    [[4, 201, 0.7, 0, 1], 1.0002186145716372, 151.67128787678394],
    [[4, 200, 0.3, 1.5, 1], 1.2316458363175782, 17.949266365754745],
    [[4, 200, 0.3, 0, 4], 1.1435150912371685, 565.4018484046616],
    [[1, 100, 0.5, 0, 1], 1.001365346232452, 39.677227017827555],
    [[3, 60, -0.6, 0, 1], 0.9856014413089617, 405.9490509185951],
  ] as const)('of chains %j are those of an independent program', (made, agreement, size) => {
    const chains = golden(...(made as unknown as Parameters<typeof golden>))
    expect(rHat(chains)).toBeCloseTo(agreement, 10)
    expect(bulkEffectiveSize(chains)).toBeCloseTo(size, 7)
  })

  it.each([-0.5, 0, 0.6, 0.9])('of x ← %f x + e has M n (1 − φ)/(1 + φ) effective draws', (phi) => {
    const [count, length] = [8, 4000]
    const noise = new RandomStream({ seed: 2, name: 'ar' }).normal({ first: 0, count, width: length })
    const chains = Array.from({ length: count }, (_, m) => {
      let x = noise[m * length]! / Math.sqrt(1 - phi ** 2)
      return Float64Array.from({ length }, (_, i) => {
        if (i > 0) x = phi * x + noise[m * length + i]!
        return x
      })
    })
    const expected = (count * length * (1 - phi)) / (1 + phi)
    expect(Math.abs(effectiveSize(chains) / expected - 1)).toBeLessThan(0.12)
    expect(rHat(chains)).toBeLessThan(1.01)
  })

  it('depend on ranks only, and on the order of draws only as far as chains do', () => {
    const chains = golden(4, 100, 0.4, 0.3, 1)
    const bent = chains.map((chain) => chain.map((x) => Math.exp(3 * x)))
    expect(bulkEffectiveSize(bent)).toBe(bulkEffectiveSize(chains))
    expect(rHat(chains.toReversed())).toBeCloseTo(rHat(chains), 12)
    expect(bulkEffectiveSize(chains.map((chain) => chain.toReversed()))).toBeCloseTo(
      bulkEffectiveSize(chains),
      9,
    )
  })

  it('see chains that stand still in different places', () => {
    const still = [1, 2, 3].map((place) => new Float64Array(20).fill(place))
    expect(rHat(still)).toBeGreaterThan(1e9)
    expect(effectiveSize(still)).toBeLessThan(3)
    expect(effectiveSize(still.map((chain) => chain.fill(1)))).toBeNaN()
  })
})

it('normal scores give equal draws the mean of their ranks', () => {
  const [scores] = normalScores([Float64Array.of(5, -1, 5, 7)])
  expect(scores![0]).toBe(scores![2])
  expect(scores![0]).toBe(0) // Ranks 2 and 3 of 4: the middle.
  expect(scores![3]).toBeCloseTo(-scores![1]!, 14)
})

it('R-hat without ranks is Gelman and Rubin’s', () => {
  // Means 2 and 4, so B/n = 2; variances 1 and 1, so W = 1; √(2/3 + 2).
  expect(plainRHat([Float64Array.of(1, 2, 3), Float64Array.of(3, 4, 5)])).toBeCloseTo(Math.sqrt(8 / 3), 14)
})
