/** The first four moments of a sample: mean, standard deviation (divisor n), skewness and excess kurtosis. */
export interface Moments {
  readonly mean: number
  readonly std: number
  /** E((v − mean) / std)³; 0 for a symmetric sample. */
  readonly skewness: number
  /** E((v − mean) / std)⁴ − 3; 0 for a normal sample, −1.2 for a uniform one, −2 for two equal heaps. */
  readonly excessKurtosis: number
}

/** Moments by two passes; skewness and kurtosis are 0 if all values are equal. */
export function momentsOf(values: Float64Array): Moments {
  const count = values.length
  let sum = 0
  for (const value of values) sum += value / count
  let [second, third, fourth] = [0, 0, 0]
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - sum)), 0)
  if (largest === 0) return { mean: sum, std: 0, skewness: 0, excessKurtosis: 0 }
  // Deviations in units of the largest, so that fourth powers neither overflow nor vanish.
  for (const value of values) {
    const deviation = (value - sum) / largest
    const square = deviation * deviation
    second += square / count
    third += (square * deviation) / count
    fourth += (square * square) / count
  }
  return {
    mean: sum,
    std: largest * Math.sqrt(second),
    skewness: third / second ** 1.5,
    excessKurtosis: fourth / second ** 2 - 3,
  }
}
