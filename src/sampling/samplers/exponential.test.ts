import { describe, expect, it } from 'vitest'
import { exponentialMoments, exponentialWeights, nodesOf } from './exponential.ts'

/** ∫₀ʰ e^{−(h−τ)} f(τ/h) dτ by Simpson's rule. */
function integral(h: number, f: (u: number) => number): number {
  const pieces = 2000
  const at = (i: number): number => Math.exp(-h * (1 - i / pieces)) * f(i / pieces)
  const sum = Array.from(
    { length: pieces + 1 },
    (_, i) => at(i) * (i === 0 || i === pieces ? 1 : i % 2 === 1 ? 4 : 2),
  ).reduce((a, b) => a + b)
  return (h * sum) / (3 * pieces)
}

describe.each([1e-6, 0.01, 0.3, 0.999, 1.001, 5])('a step of length %f', (h) => {
  it('has moments that are the integrals, to the last digits, on both sides of h = 1', () => {
    for (const [k, moment] of exponentialMoments(h, 4).entries())
      expect(Math.abs(moment / integral(h, (u) => u ** k) - 1)).toBeLessThan(1e-9)
  })

  it('is exact for every polynomial through its nodes, the weights of which depend on their order only', () => {
    const nodes = [1, 0, -0.7, -2.2]
    const cubic = (u: number): number => 0.3 + u - 2 * u * u + 0.7 * u ** 3
    const weights = exponentialWeights(h, nodes)
    const sum = weights.reduce((total, weight, j) => total + weight * cubic(nodes[j]!), 0)
    expect(Math.abs(sum - integral(h, cubic))).toBeLessThan(1e-9 * h)
    expect(exponentialWeights(h, nodes.toReversed()).reverse()).toEqual(
      weights.map((weight) => expect.closeTo(weight, 12)),
    )
  })
})

it('places levels in units of the step', () => {
  const nodes = nodesOf([1, 2, 8], 2, Math.LN2)
  expect(nodes).toEqual([1, 0, -2].map((node) => expect.closeTo(node, 14)))
})
