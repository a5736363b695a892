import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { fitLogistic, logOdds, type SparseRows } from './logistic-regression.ts'

/** Two numbers, the second 10,000 times as wide, and a word of three features. */
function rowsOf(count: number): { rows: SparseRows; labels: Uint8Array } {
  const z = new RandomStream({ seed: 3, name: 'test/logistic' }).normal({ first: 0, count, width: 4 })
  const numbers = Float64Array.from({ length: 2 * count }, (_, k) =>
    k % 2 === 0 ? z[2 * k]! : 1e4 * z[4 * ((k - 1) / 2) + 1]!,
  )
  const words = Int32Array.from({ length: count }, (_, row) => (z[4 * row + 2]! > 1 ? -1 : 2 + (row % 3)))
  const labels = Uint8Array.from({ length: count }, (_, row) =>
    z[4 * row]! + z[4 * row + 1]! + (row % 3) + 2 * z[4 * row + 3]! > 1 ? 1 : 0,
  )
  return { rows: { count, numbers, numbersPerRow: 2, words, wordsPerRow: 1, features: 5 }, labels }
}

describe('fitLogistic', () => {
  it('is at the optimum: the gradient vanishes in every feature', () => {
    const { rows, labels } = rowsOf(500)
    const all = Int32Array.from({ length: 500 }, (_, row) => row).filter((row) => row % 5 > 0)
    const penalty = 0.7
    const model = fitLogistic(rows, labels, all, penalty)
    const errors = logOdds(model, rows, all).map((f, i) => 1 / (1 + Math.exp(-f)) - labels[all[i]!]!)
    const feature = (row: number, k: number): number =>
      k < 2 ? rows.numbers[2 * row + k]! : rows.words[row] === k ? 1 : 0
    for (let k = 0; k < 5; k++) {
      const gradient =
        model.weights[k]! + penalty * errors.reduce((sum, e, i) => sum + e * feature(all[i]!, k), 0)
      const size = errors.reduce((sum, e, i) => sum + Math.abs(e * feature(all[i]!, k)), 1)
      expect(Math.abs(gradient) / size).toBeLessThan(1e-6)
    }
    expect(Math.abs(errors.reduce((sum, e) => sum + e, 0))).toBeLessThan(1e-4)
    expect(model.steps).toBeLessThan(30)
  })
  it('has the closed form of one feature that all rows share with one label each', () => {
    // Rows of feature 0 are labelled 1, those without it 0: by symmetry w = −2·intercept, and w = C·n·σ(−w/2).
    const words = Int32Array.from({ length: 20 }, (_, row) => (row < 10 ? 0 : -1))
    const rows = {
      count: 20,
      numbers: new Float64Array(0),
      numbersPerRow: 0,
      words,
      wordsPerRow: 1,
      features: 1,
    }
    const labels = Uint8Array.from(words, (word) => word + 1)
    const { weights, intercept } = fitLogistic(rows, labels, Int32Array.from(words.keys()))
    const w = weights[0]!
    expect(w + 2 * intercept).toBeCloseTo(0, 8)
    expect(w).toBeCloseTo(10 / (1 + Math.exp(w / 2)), 8)
  })
})
