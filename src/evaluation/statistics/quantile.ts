/** The quantile at a share in [0, 1] of values sorted upwards, linear between neighbours. Hyndman & Fan 1996, type 7. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (place - below) * (high - low)
}
