import { expect, it } from 'vitest'
import { fixture } from '../published/fixture.test-helper.ts'
import { areaUnderCurve } from '../statistics/area-under-curve.ts'
import { fitBoostedTrees, logisticLoss } from './index.ts'

/** The numbers of the fixture in tenths, half to even as numpy rounds: so few values that each has a bin. Gaps are NaN. */
function rows() {
  const values = new Float64Array(330 * 3)
  for (let row = 0; row < 330; row++)
    for (let k = 0; k < 3; k++) {
      const table = row < 180 ? fixture.reference : fixture.candidate
      const tenths = 10 * (table.columns[k]!.values[row < 180 ? row : row - 180] as number)
      const isHalf = Math.abs(tenths - Math.trunc(tenths)) === 0.5
      values[row * 3 + k] = isHalf ? 2 * Math.round(tenths / 2) : Math.round(tenths)
    }
  return { values, count: 330, dimension: 3 }
}

it('gives the log odds that scikit-learn gives, gaps included', () => {
  // scikit-learn 1.2.1: HistGradientBoostingClassifier(early_stopping=False).fit(x, y).decision_function(x)[::15]
  const theirs = [
    -2.00881, -0.43293, -2.0809, -2.66968, -0.82357, -4.65363, -1.9617, 0.24896, -1.96589, 0.49279, -1.69179,
    0.01612, 0.62279, 0.12352, 1.63103, 6.45713, 0.95819, -0.29187, 1.03282, -0.51682, -1.16221, 5.73388,
  ]
  const targets = new Float64Array(330).fill(1, 180)
  const trees = fitBoostedTrees({ rows: rows(), targets, loss: logisticLoss })
  const scores = trees.scores(rows())
  theirs.forEach((score, i) => {
    expect(scores[15 * i]).toBeCloseTo(score, 4)
  })
  expect(scores.reduce((sum, score) => sum + Math.abs(score) / 330, 0)).toBeCloseTo(1.627934, 5)
  expect(trees.trees[0]!.column.filter((column) => column < 0)).toHaveLength(12)
})

it('finds a class that only gaps give away', () => {
  const values = Float64Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? Number.NaN : row % 7))
  const of = { values, count: 400, dimension: 1 }
  const targets = values.map((value) => (Number.isNaN(value) ? 1 : 0))
  const scores = fitBoostedTrees({ rows: of, targets, loss: logisticLoss }).scores(of)
  expect(
    areaUnderCurve(
      scores.filter((_, row) => targets[row] === 1),
      scores.filter((_, row) => targets[row] === 0),
    ),
  ).toBe(1)
})
