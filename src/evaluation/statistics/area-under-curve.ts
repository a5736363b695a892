import { type Estimate, normalHalfWidth } from './estimate.ts'

/**
 * The area under the receiver operating characteristic, P(a positive's score > a negative's) + ½ P(equal), over all pairs;
 * by Mann and Whitney's statistic, in O(n log n).  Bamber 1975.
 * positives, negatives: scores, each at least one.
 */
export function areaUnderCurve(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [ups, downs] = [Float64Array.from(positives).sort(), Float64Array.from(negatives).sort()]
  let below = 0
  let upTo = 0
  let wins = 0
  for (const score of ups) {
    while (below < downs.length && downs[below]! < score) below++
    while (upTo < downs.length && downs[upTo]! <= score) upTo++
    wins += (below + upTo) / 2
  }
  return wins / (ups.length * downs.length)
}

/**
 * The variance of an area under the curve. Hanley & McNeil 1982, with exponential scores, in the symmetric form of Newcombe
 * 2006: θ(1−θ)/(nm) · [1 + (N−1)((1−θ)/(2−θ) + θ/(1+θ))], N = (n + m)/2.
 */
export function areaVariance(area: number, positives: number, negatives: number): number {
  const typical = (positives + negatives) / 2
  const shared = (typical - 1) * ((1 - area) / (2 - area) + area / (1 + area))
  return ((area * (1 - area)) / (positives * negatives)) * (1 + shared)
}

/**
 * The 95 % interval of an area under the curve: all θ with |area − θ| ≤ 1.96·√variance(θ).  Newcombe 2006, method 5.
 * As the variance is that at θ, it has a width also where all pairs are ordered rightly and every estimate of the
 * variance is 0.
 */
export function areaEstimate(area: number, positives: number, negatives: number): Estimate {
  const isOutside = (theta: number): boolean =>
    Math.abs(area - theta) > normalHalfWidth * Math.sqrt(areaVariance(theta, positives, negatives))
  /** The border between `area`, inside, and `end`, 0 or 1. */
  const border = (end: number): number => {
    if (area === end) return end
    let [inside, outside] = [area, end]
    for (let iteration = 0; iteration < 60; iteration++) {
      const middle = (inside + outside) / 2
      if (isOutside(middle)) outside = middle
      else inside = middle
    }
    return inside
  }
  return { value: area, low: border(0), high: border(1) }
}
