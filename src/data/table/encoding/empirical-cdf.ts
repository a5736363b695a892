/**
 * The distribution function of a sample, made continuous: straight between its points, strictly inside (0, 1).
 *
 * x: strictly increasing. probability: not decreasing; flat across a hole between two cells.
 */
export interface EmpiricalCdf {
  readonly x: readonly number[]
  readonly probability: readonly number[]
}

/** Sorted distinct values and how often each occurs. */
function tally(values: Float64Array): { value: number; count: number }[] {
  const groups: { value: number; count: number }[] = []
  for (const value of values.slice().sort()) {
    const group = groups.at(-1)
    if (group !== undefined && group.value === value) group.count++
    else groups.push({ value, count: 1 })
  }
  return groups
}

/** Of values that lie on no grid: a value's probability is its mid-rank, (below + half of the equal ones) / n. */
export function continuousCdf(values: Float64Array): EmpiricalCdf {
  let below = 0
  const groups = tally(values)
  const probability = groups.map(({ count }) => {
    below += count
    return (below - count / 2) / values.length
  })
  return { x: groups.map(({ value }) => value), probability }
}

/**
 * Of values each of which stands for the uniform distribution on value ± resolution / 2.
 *
 * Its points are the edges of the cells; an edge's probability is (below + ½) / (n + 1).
 */
export function cellularCdf(values: Float64Array, resolution: number): EmpiricalCdf {
  const x: number[] = []
  const probability: number[] = []
  let below = 0
  for (const { value, count } of tally(values)) {
    const left = value - resolution / 2
    // Neighbouring cells share an edge.
    if (x.length === 0 || left > x.at(-1)! + resolution * 1e-3) {
      x.push(left)
      probability.push((below + 0.5) / (values.length + 1))
    }
    below += count
    x.push(value + resolution / 2)
    probability.push((below + 0.5) / (values.length + 1))
  }
  return { x, probability }
}

/** `at` between the points (from, to), straight, and constant beyond the ends. */
function interpolate(from: readonly number[], to: readonly number[], at: number): number {
  let low = 0
  let high = from.length - 1
  if (at <= from[low]!) return to[low]!
  if (at >= from[high]!) return to[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (from[middle]! <= at) low = middle
    else high = middle
  }
  const share = (at - from[low]!) / (from[high]! - from[low]!)
  return to[low]! + share * (to[high]! - to[low]!)
}

/** The probability of a value not larger than `x`. */
export function probabilityAt(cdf: EmpiricalCdf, x: number): number {
  return interpolate(cdf.x, cdf.probability, x)
}

/** A value below which the share `probability` lies. */
export function quantileAt(cdf: EmpiricalCdf, probability: number): number {
  return interpolate(cdf.probability, cdf.x, probability)
}
