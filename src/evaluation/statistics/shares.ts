import { type Estimate, normalHalfWidth } from './estimate.ts'

/** A share of `count` rows with Wilson's 95 % interval; of no rows at all it may be anything.  Wilson 1927. */
export function shareEstimate(share: number, count: number): Estimate {
  if (count === 0) return { value: 0, low: 0, high: 1 }
  const z = normalHalfWidth
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const half =
    (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return {
    value: share,
    low: Math.min(share, Math.max(0, middle - half)),
    high: Math.max(share, Math.min(1, middle + half)),
  }
}
