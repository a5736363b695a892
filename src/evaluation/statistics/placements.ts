/** An area under the curve, and what it is the mean of. */
export interface Placements {
  readonly area: number
  /** Of each positive: the share of negatives below its score, ties by half. */
  readonly ofPositives: Float64Array
  /** Of each negative: the share of positives above its score, ties by half. */
  readonly ofNegatives: Float64Array
}

/**
 * The placement values of two samples of scores, whose mean, of either side, is the area under the curve. DeLong et al. 1988.
 * positives, negatives: each at least one.
 */
export function placements(positives: Float64Array, negatives: Float64Array): Placements {
  const ofPositives = sharesBelow(positives, negatives)
  const ofNegatives = sharesBelow(negatives, positives).map((share) => 1 - share)
  const area = ofPositives.reduce((sum, share) => sum + share, 0) / positives.length
  return { area, ofPositives, ofNegatives }
}

/** Of each score, the share of others below it plus half the share that equals it. */
function sharesBelow(scores: Float64Array, others: Float64Array): Float64Array {
  const sorted = others.slice().sort()
  const countWhere = (holds: (score: number) => boolean): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(sorted[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }
  return scores.map((score) => {
    const below = countWhere((other) => other < score)
    const upTo = countWhere((other) => other <= score)
    return (below + upTo) / 2 / sorted.length
  })
}
