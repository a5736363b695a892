import { ScorefieldError } from '../error.ts'

const sumTolerance = 1e-6

/**
 * Cumulative probabilities, divided by their sum; from the last possible category on they are 1.
 * Errors: `random/probabilities` if there are none, one is negative or not finite, or the sum is not 1.
 */
export function cumulate(probabilities: readonly number[] | Float64Array): Float64Array {
  const invalid = probabilities.findIndex((p) => !(p >= 0 && p < Number.POSITIVE_INFINITY))
  if (invalid >= 0) throw refuse(`probability ${invalid} is ${probabilities[invalid]}`)
  const sums = new Float64Array(probabilities.length)
  let sum = 0
  probabilities.forEach((p, k) => {
    sum += p
    sums[k] = sum
  })
  if (!(Math.abs(sum - 1) <= sumTolerance)) {
    throw refuse(`${probabilities.length} probabilities sum to ${sum}`)
  }
  return sums.map((partial) => partial / sum) // sum / sum is exactly 1, so every u below 1 finds a category
}

/**
 * The first k with cumulative[k] > u, by bisection: a category of probability 0 is never the first. u in (0,
 * 1).
 */
export function pick(cumulative: Float64Array, u: number): number {
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (cumulative[middle]! > u) high = middle
    else low = middle + 1
  }
  return low
}

function refuse(problem: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'random/probabilities',
    message: `${problem}, but probabilities must be finite, not negative, and sum to 1`,
    where: 'RandomStream.categorical',
    hint: 'Divide them by their sum.',
  })
}
