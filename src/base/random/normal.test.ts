import { describe, expect, it } from 'vitest'
import { loadKernel } from './kernel.ts'
import { RandomStream } from './stream.ts'

/**
 * Φ(−x), x ≥ 0, in float64 (relative error about 1e-14): Φ(0) less the series φ(x) Σ x²ⁿ⁺¹ / (2n + 1)!! up to
 * 3, beyond it the continued fraction φ(x) / (x + 1 / (x + 2 / (x + …))).
 */
function upperTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  if (x < 3) {
    let sum = 0
    for (let term = x, n = 1; term > 1e-18; n++) {
      sum += term
      term *= (x * x) / (2 * n + 1)
    }
    return 0.5 - density * sum
  }
  let fraction = x
  for (let n = 200; n > 0; n--) fraction = x + n / fraction
  return density / fraction
}

const distribution = (x: number): number => (x < 0 ? upperTail(-x) : 1 - upperTail(x))
const twoSidedTail = (x: number): number => 2 * upperTail(x)

const scale = 2 ** 32

/** Box–Muller of two words in float64, reduced so that neither logarithm nor sine cancels. */
function boxMuller64(word0: number, word1: number): [number, number] {
  const logarithm =
    word0 < scale / 2 ? Math.log((word0 + 0.5) / scale) : Math.log1p(-(scale - word0 - 0.5) / scale)
  const radius = Math.sqrt(-2 * logarithm)
  const quarter = Math.floor((word1 + scale / 8) / (scale / 4))
  const angle = (2 * Math.PI * (word1 + 0.5 - (quarter * scale) / 4)) / scale
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  const turned: [number, number][] = [
    [cosine, sine],
    [-sine, cosine],
    [-cosine, -sine],
    [sine, -cosine],
  ]
  const [x, y] = turned[quarter % 4]!
  return [radius * x, radius * y]
}

/** Runs the kernel's Box–Muller on pairs of words and calls `visit` with each pair and its two values. */
function boxMullerOf(
  pairs: readonly (readonly [number, number])[],
  visit: (pair: readonly [number, number], values: readonly [number, number]) => void,
): void {
  const kernel = loadKernel()
  const perTile = kernel.tileBlocks * 2
  const at = (i: number): number => Math.floor(i / 4) * 8 + (i % 4) // four pairs side by side
  for (let start = 0; start < pairs.length; start += perTile) {
    const tile = pairs.slice(start, start + perTile)
    tile.forEach((pair, i) => {
      kernel.words[at(i)] = pair[0]
      kernel.words[at(i) + 4] = pair[1]
    })
    kernel.run.boxMuller(kernel.tileBlocks / 4, 2)
    tile.forEach((pair, i) => {
      visit(pair, [kernel.floats[at(i)]!, kernel.floats[at(i) + 4]!])
    })
  }
}

/**
 * Words near every multiple of 2²⁹, where branches and exponents change, and near every power of two, from
 * both ends.
 */
function edgeWords(): number[] {
  const edges = new Set<number>()
  const near = (centre: number): void => {
    for (let step = -3; step <= 3; step++)
      if (centre + step >= 0 && centre + step < scale) edges.add(centre + step)
  }
  for (let eighth = 0; eighth <= 8; eighth++) near(eighth * 2 ** 29)
  for (let power = 0; power < 32; power++) {
    near(2 ** power)
    near(scale - 2 ** power)
    near(Math.round(2 ** power * Math.SQRT2))
    near(scale - Math.round(2 ** power * Math.SQRT2))
  }
  return [...edges]
}

describe('Box–Muller', () => {
  const relativeError = (actual: number, exact: number): number => Math.abs(actual / exact - 1)

  function largestError(pairs: readonly (readonly [number, number])[]): number {
    let largest = 0
    boxMullerOf(pairs, (pair, values) => {
      const exact = boxMuller64(...pair)
      largest = Math.max(largest, relativeError(values[0], exact[0]), relativeError(values[1], exact[1]))
    })
    return largest
  }

  it('is within a relative 3e-7 of float64 on all pairs of edge words', () => {
    const edges = edgeWords()
    const error = largestError(edges.flatMap((a) => edges.map((b): [number, number] => [a, b])))
    expect(error).toBeGreaterThan(1e-8) // float32 cannot be better: the comparison is a real one
    expect(error).toBeLessThan(3e-7)
  })

  it('is within a relative 3e-7 of float64 on words spread evenly', () => {
    const pairs = Array.from({ length: 400_000 }, (_, i): [number, number] => [
      Math.imul(i, 0x9e3779b1) >>> 0,
      Math.imul(i, 0x85ebca77) >>> 0,
    ])
    expect(largestError(pairs)).toBeLessThan(3e-7)
  })

  it('has the right tails: P(|z| > 5), P(|z| > 5.5), P(|z| > 6) of all words, by quadrature over angles', () => {
    const angles = 512
    const words = 16_384 // r > 5 asks for a word below exp(−5² / 2) · 2³² = 16,006
    const single = 512 // from here on one word stands for 32, or there would be 8 million pairs
    const pairs: [number, number][] = []
    const weights: number[] = []
    for (let word = 0, weight = 1; word < words; word += weight) {
      weight = word < single ? 1 : 32
      for (let a = 0; a < angles; a++) {
        pairs.push([word + (weight >> 1), ((a + 0.5) * scale) / angles])
        weights.push(weight / angles / scale)
      }
    }
    const thresholds = [5, 5.5, 6]
    const tails = thresholds.map(() => 0)
    let i = 0
    boxMullerOf(pairs, (_, values) => {
      const weight = weights[i++]!
      for (const value of values) {
        thresholds.forEach((threshold, t) => {
          if (Math.abs(value) > threshold) tails[t]! += weight / 2
        })
      }
    })
    thresholds.forEach((threshold, t) => {
      expect(relativeError(tails[t]!, twoSidedTail(threshold))).toBeLessThan(0.005)
    })
  })

  it('reaches √(66 ln 2) = 6.76 at word 0', () => {
    boxMullerOf([[0, 0]], (_, values) => expect(values[0]).toBeCloseTo(Math.sqrt(66 * Math.LN2), 6))
  })
})

describe('normal', () => {
  const stream = new RandomStream({ seed: 20, name: 'normal test' })

  it('is measured against a right Φ', () => {
    // Abramowitz & Stegun 1964, table 26.1 and, beyond 5, table 26.2.
    expect(distribution(1)).toBeCloseTo(0.841344746068543, 14)
    expect(distribution(-2.5)).toBeCloseTo(0.006209665325776, 14)
    expect(upperTail(3 - 1e-12) / upperTail(3)).toBeCloseTo(1, 10)
    expect(upperTail(6) / 9.865876450377e-10).toBeCloseTo(1, 11)
  })

  it('passes Kolmogorov–Smirnov at p = 0.001 with 2¹⁹ values, in rows of 1, 2, 12 and 64', () => {
    for (const width of [1, 2, 12, 64]) {
      const count = Math.floor(2 ** 19 / width)
      const values = stream.normal({ first: 0, count, width, counter: width }).sort()
      let distance = 0
      values.forEach((value, i) => {
        const probability = distribution(value)
        const below = i / values.length
        distance = Math.max(distance, probability - below, below + 1 / values.length - probability)
      })
      expect(distance * Math.sqrt(values.length)).toBeLessThan(1.95)
    }
  })

  it('has the moments 0, 1, 0, 3 within 4 standard errors, and frequencies beyond 3, 4 and 5 within 4', () => {
    const repeats = 256
    const range = { first: 0, count: 1024, width: 64 }
    const values = new Float32Array(range.count * range.width)
    const total = repeats * values.length // 2²⁴
    const sums = [0, 0, 0, 0]
    const beyond = [0, 0, 0]
    for (let counter = 0; counter < repeats; counter++) {
      stream.normal({ ...range, counter }, values)
      let [first, second, third, fourth] = [0, 0, 0, 0]
      for (const z of values) {
        const square = z * z
        first += z
        second += square
        third += z * square
        fourth += square * square
        if (square > 9) for (let t = 0; t < 3; t++) if (square > (t + 3) ** 2) beyond[t]!++
      }
      for (const [k, sum] of [first, second, third, fourth].entries()) sums[k]! += sum
    }
    // E zᵏ and Var zᵏ = E z²ᵏ − (E zᵏ)².
    const moments = [
      { mean: 0, variance: 1 },
      { mean: 1, variance: 2 },
      { mean: 0, variance: 15 },
      { mean: 3, variance: 96 },
    ]
    moments.forEach(({ mean, variance }, k) => {
      expect(Math.abs(sums[k]! / total - mean)).toBeLessThan(4 * Math.sqrt(variance / total))
    })
    beyond.forEach((observed, t) => {
      const expected = total * twoSidedTail(t + 3) // 45,298; 1,063; 9.6
      expect(Math.abs(observed - expected)).toBeLessThan(4 * Math.sqrt(expected))
    })
  })
})
