import { RandomStream } from '../../engine/random/index.ts'
import { fitBoostedTrees, logisticLoss } from '../boosted-trees/index.ts'
import type { Metric, Pair } from '../metric.ts'
import { type Rows, rowsAt } from '../rows.ts'
import { areaEstimate, areaUnderCurve } from '../statistics/area-under-curve.ts'

/** How many parts the rows are split into; each is judged by a classifier that learned from the others. */
const foldCount = 5

/**
 * The classifier two-sample test: the area under the curve of boosted trees that tell candidate rows from reference rows.
 * ½: it cannot; 1: it always can.  Lopez-Paz & Oquab 2017.
 * Cross-fitted: the mean over five folds of the area among rows that the fold's classifier has not seen (LeDell et al. 2015),
 * so its expectation is exactly ½ for equal distributions.
 *
 * The folds' areas are not independent: fold k's classifier repeats what chance has put into fold l, and the other way round.
 * For a linear classifier and equal distributions each such pair is counted twice, which doubles the variance; boosted trees
 * measured 1.5 to 2.1 times. So the interval is that of half as many rows; away from ½ it is wider than it need be.
 */
export const classifier: Metric = {
  name: 'classifier',
  summary: 'how well boosted trees tell candidate rows from reference rows: area under the curve, held out',
  source: 'Lopez-Paz & Oquab 2017; LeDell et al. 2015',
  better: 'half',
  range: [0, 1],
  interval: '95 %: score interval of Newcombe 2006, variance of Hanley & McNeil 1982, doubled for the folds',
  mostRows: 2000,
  measure: (pair) => {
    return [areaEstimate(crossFittedArea(pair), pair.candidate.count / 2, pair.reference.count / 2)]
  },
}

function crossFittedArea(pair: Pair): number {
  const stream = new RandomStream({ seed: pair.seed, name: 'evaluation/folds' })
  const reference = folds(pair.reference, stream, 0)
  const candidate = folds(pair.candidate, stream, 1)
  let area = 0
  for (let fold = 0; fold < foldCount; fold++) {
    const trees = fitBoostedTrees({
      ...labelled(reference[fold]!.others, candidate[fold]!.others),
      loss: logisticLoss,
      rounds: 100,
    })
    area += areaUnderCurve(trees.scores(candidate[fold]!.own), trees.scores(reference[fold]!.own)) / foldCount
  }
  return area
}

/** The rows of each fold and all others. */
function folds(rows: Rows, stream: RandomStream, index: number): { own: Rows; others: Rows }[] {
  const order = stream.permutation({ index, size: rows.count })
  return Array.from({ length: foldCount }, (_, fold) => ({
    own: rowsAt(
      rows,
      order.filter((_, place) => place % foldCount === fold),
    ),
    others: rowsAt(
      rows,
      order.filter((_, place) => place % foldCount !== fold),
    ),
  }))
}

/** Reference rows with target 0 and then candidate rows with target 1. */
function labelled(reference: Rows, candidate: Rows): { rows: Rows; targets: Float64Array } {
  const values = new Float64Array(reference.values.length + candidate.values.length)
  values.set(reference.values)
  values.set(candidate.values, reference.values.length)
  const count = reference.count + candidate.count
  return {
    rows: { values, count, dimension: reference.dimension },
    targets: new Float64Array(count).fill(1, reference.count),
  }
}
