/** Exponential average over about a fiftieth of the series, at least over three values, without its lag at the start. */
export function smoothed(values: readonly number[]): number[] {
  const rate = Math.min(0.3, 50 / Math.max(1, values.length))
  let total = 0
  let weight = 0
  return values.map((value) => {
    total = (1 - rate) * total + rate * value
    weight = (1 - rate) * weight + rate
    return total / weight
  })
}
