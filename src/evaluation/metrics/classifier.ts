import type { Metric } from '../metric.ts'
import { judgedArea, judgeRows } from '../two-sample-judge.ts'

/**
 * The classifier two-sample test: the area under the curve of boosted trees that tell candidate rows from reference rows.
 * ½: it cannot; 1: it always can.  Lopez-Paz & Oquab 2017.
 * Cross-fitted: the mean over five folds of the area among rows that the fold's trees have not seen, nor an equal one, so its
 * expectation is ½ for equal distributions. The trees and the interval are those of `judgeRows` and `judgedArea`.
 */
export const classifier: Metric = {
  name: 'classifier',
  summary: 'how well boosted trees tell candidate rows from reference rows: area under the curve, held out',
  source: 'Lopez-Paz & Oquab 2017; LeDell et al. 2015',
  better: 'half',
  range: [0, 1],
  interval:
    '95 %: score interval of Newcombe 2006, variance of Hanley & McNeil 1982, doubled for the folds and raised for equal rows',
  mostRows: 50_000,
  measure: ({ reference, candidate, seed }) => {
    const judged = judgeRows({ reference, candidate, seed })
    const rows = (from: number, count: number): Int32Array =>
      Int32Array.from({ length: count }, (_, i) => from + i)
    return [judgedArea(judged, rows(0, reference.count), rows(reference.count, candidate.count))]
  },
}
