import { describe, expect, it, test } from 'vitest'
import { type Rows, rowsOf } from '../rows.ts'
import { normalRows } from '../samples.test-helper.ts'
import { areaUnderCurve } from '../statistics/area-under-curve.ts'
import { binned } from './bins.ts'
import { type BoostingOptions, fitBoostedTrees, logisticLoss, squaredLoss } from './index.ts'

const exact = {
  rounds: 1,
  depth: 1,
  shrinkage: 1,
  leastRows: 1,
  penalty: 0,
  bins: 256,
} satisfies BoostingOptions
const line = (...values: number[]): Rows => rowsOf({ values: Float64Array.from(values), dimension: 1 })

/** Share of right answers about other rows than those learned from. */
function accuracy(label: (x: number, y: number) => number, options: BoostingOptions): number {
  const sets = ['train', 'test'].map((name) => {
    const rows = normalRows({ name, count: 1500, dimension: 2 })
    const at = (row: number, c: number): number => rows.values[2 * row + c]!
    return { rows, targets: Float64Array.from({ length: 1500 }, (_, row) => label(at(row, 0), at(row, 1))) }
  })
  const trees = fitBoostedTrees({ ...sets[0]!, loss: logisticLoss, ...options })
  const { rows, targets } = sets[1]!
  return trees.predict(rows).filter((p, row) => (p > 0.5 ? 1 : 0) === targets[row]).length / rows.count
}

describe('one tree', () => {
  it('splits where the squared error falls most, and predicts means', () => {
    const rows = line(5, 1, 2, 9, 4, 7)
    const targets = Float64Array.of(10, 1, 3, 14, 2, 12)
    const trees = fitBoostedTrees({ rows, targets, loss: squaredLoss, ...exact })
    // Below 4.5: 1, 3, 2; above: 10, 12, 14.
    expect(trees.trees[0]!.threshold[0]).toBe(4.5)
    expect([...trees.predict(line(-100, 4.5, 4.6, 100))].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([
      2, 2, 12, 12,
    ])
  })
  it('takes the best of all splits of all columns', () => {
    const rows = normalRows({ name: 'rows', count: 40, dimension: 3 })
    const targets = normalRows({ name: 'targets', count: 40, dimension: 1 }).values
    const error = (values: readonly number[]): number => {
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length
      return values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
    }
    let best = Infinity
    for (let c = 0; c < 3; c++)
      for (let row = 0; row < 40; row++) {
        const goesLeft = (other: number): boolean => rows.values[3 * other + c]! <= rows.values[3 * row + c]!
        const all = [...targets.keys()]
        const [left, right] = [all.filter(goesLeft), all.filter((other) => !goesLeft(other))]
        if (Math.min(left.length, right.length) < 5) continue
        best = Math.min(best, error(left.map((i) => targets[i]!)) + error(right.map((i) => targets[i]!)))
      }
    const trees = fitBoostedTrees({ rows, targets, loss: squaredLoss, ...exact, leastRows: 5 })
    const predicted = trees.predict(rows)
    expect(targets.reduce((sum, y, i) => sum + (y - predicted[i]!) ** 2, 0)).toBeCloseTo(best, 10)
  })
  it("takes Newton's step of the logistic loss, penalised and shrunken", () => {
    const trees = fitBoostedTrees({
      rows: line(0, 0, 0, 1, 1),
      targets: Float64Array.of(0, 0, 1, 1, 1),
      loss: logisticLoss,
      ...exact,
      penalty: 2,
      shrinkage: 0.5,
    })
    const start = Math.log(0.6 / 0.4)
    const scores = trees.scores(line(0, 1))
    expect(scores[0]).toBeCloseTo(start - (0.5 * (3 * 0.6 - 1)) / (3 * 0.24 + 2), 12)
    expect(scores[1]).toBeCloseTo(start + (0.5 * (2 - 2 * 0.6)) / (2 * 0.24 + 2), 12)
    expect(trees.predict(line(0))[0]).toBeCloseTo(1 / (1 + Math.exp(-scores[0]!)), 12)
  })
  it('fits any function of few values exactly when deep enough', () => {
    const values = Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8)]).flat()
    const rows = rowsOf({ values: Float64Array.from(values), dimension: 2 })
    const targets = normalRows({ name: 'any', count: 64, dimension: 1 }).values
    const predicted = fitBoostedTrees({ rows, targets, loss: squaredLoss, ...exact, depth: 40 }).predict(rows)
    targets.forEach((y, i) => {
      expect(predicted[i]).toBeCloseTo(y, 10)
    })
  })
  it('keeps to its depth and to the rows of a leaf', () => {
    const rows = normalRows({ name: 'rows', count: 500, dimension: 2 })
    const targets = normalRows({ name: 'targets', count: 500, dimension: 1 }).values
    const { trees, predict } = fitBoostedTrees({
      rows,
      targets,
      loss: squaredLoss,
      ...exact,
      depth: 3,
      leastRows: 30,
    })
    expect(trees[0]!.column.filter((c) => c < 0).length).toBeLessThanOrEqual(8)
    const sizes = new Map<number, number>()
    for (const value of predict(rows)) sizes.set(value, (sizes.get(value) ?? 0) + 1)
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(30)
  })
  it('is a constant where there is nothing to ask', () => {
    const trees = fitBoostedTrees({
      rows: line(1, 1, 1),
      targets: Float64Array.of(1, 2, 6),
      loss: squaredLoss,
      ...exact,
    })
    expect(trees.predict(line(0, 1))).toEqual(Float64Array.of(3, 3))
    const sure = fitBoostedTrees({
      rows: line(1, 2, 3),
      targets: new Float64Array(3).fill(1),
      loss: logisticLoss,
    })
    expect(sure.predict(line(2))[0]).toBeGreaterThan(0.999)
  })
})

describe('boosting', () => {
  it('tells half planes and, with two questions a tree, the quarters of XOR', () => {
    const xor = (x: number, y: number): number => (x * y > 0 ? 1 : 0)
    expect(accuracy((x) => (x > 0.3 ? 1 : 0), { depth: 2 })).toBeGreaterThan(0.99)
    expect(accuracy(xor, { depth: 3 })).toBeGreaterThan(0.96)
    // One question a tree adds functions of one column each: XOR is no such sum.
    expect(accuracy(xor, { depth: 1 })).toBeLessThan(0.65)
  })
  it('learns nothing from noise that holds for other rows', () => {
    const rows = normalRows({ name: 'rows', count: 2000, dimension: 4 })
    const coin = normalRows({ name: 'coin', count: 2000, dimension: 1 }).values.map((x) => (x > 0 ? 1 : 0))
    const trees = fitBoostedTrees({ rows, targets: coin, loss: logisticLoss })
    const fresh = trees.scores(normalRows({ name: 'fresh', count: 2000, dimension: 4 }))
    const other = normalRows({ name: 'other coin', count: 2000, dimension: 1 }).values
    const area = areaUnderCurve(
      fresh.filter((_, i) => other[i]! > 0),
      fresh.filter((_, i) => other[i]! <= 0),
    )
    expect(Math.abs(area - 0.5)).toBeLessThan(3.3 * 0.013)
  })
  it('comes near a smooth function, and each round lowers the squared error of its rows', () => {
    const rows = normalRows({ name: 'rows', count: 2000, dimension: 2 })
    const f = (row: number): number => Math.sin(2 * rows.values[2 * row]!) + rows.values[2 * row + 1]! ** 2
    const targets = Float64Array.from({ length: 2000 }, (_, row) => f(row))
    const errors = [0, 1, 10, 150].map((rounds) => {
      const predicted = fitBoostedTrees({ rows, targets, loss: squaredLoss, rounds }).predict(rows)
      return targets.reduce((sum, y, i) => sum + (y - predicted[i]!) ** 2, 0) / 2000
    })
    errors.slice(1).forEach((error, i) => {
      expect(error).toBeLessThan(errors[i]!)
    })
    expect(errors[3]! / errors[0]!).toBeLessThan(0.05)
  })
  it('is the same on a second run, and does not mind the order or the scale of what it is given', () => {
    const rows = normalRows({ name: 'rows', count: 300, dimension: 2 })
    const targets = Float64Array.from({ length: 300 }, (_, row) => (rows.values[2 * row]! > 0.2 ? 1 : 0))
    const fit = (of: Rows, labels: Float64Array): Float64Array =>
      fitBoostedTrees({ rows: of, targets: labels, loss: logisticLoss, rounds: 20 }).predict(of)
    const predicted = fit(rows, targets)
    expect(fit(rows, targets)).toEqual(predicted)
    const larger = { ...rows, values: rows.values.map((x) => 8 * x) }
    expect(fit(larger, targets)).toEqual(predicted)
    const reversed = {
      ...rows,
      values: Float64Array.from(rows.values, (_, k) => rows.values[598 - k + 2 * (k % 2)]!),
    }
    fit(reversed, targets.slice().reverse()).forEach((p, row) => {
      expect(p).toBeCloseTo(predicted[299 - row]!, 9)
    })
  })
  test.each([
    { rounds: -1 },
    { depth: 1.5 },
    { shrinkage: 0 },
    { leastRows: 0 },
    { penalty: -1 },
    { bins: 257 },
    { targets: new Float64Array(2) },
  ])('refuses %j', (wrong) => {
    const targets = new Float64Array(3)
    expect(() => fitBoostedTrees({ rows: line(1, 2, 3), targets, loss: squaredLoss, ...wrong })).toThrow(
      expect.objectContaining({ code: 'evaluation/boosting' }),
    )
  })
})

describe('bins', () => {
  it('are of single values where these are few, and evenly filled where they are many', () => {
    const few = binned(line(3, 1, 3, 2, 1), 64)
    expect(few.thresholds).toEqual([Float64Array.of(1.5, 2.5)])
    expect([...few.codes]).toEqual([2, 0, 2, 1, 0])
    const many = binned(normalRows({ name: 'many', count: 1000, dimension: 1 }), 8)
    const counts = new Array<number>(8).fill(0)
    for (const code of many.codes) counts[code]!++
    expect(counts).toEqual(new Array(8).fill(125))
    // Half of the values are one value.
    const tied = binned(line(...Array.from({ length: 100 }, (_, i) => Math.max(0, i - 50))), 4)
    expect(tied.thresholds).toEqual([Float64Array.of(0.5, 24.5)])
  })
  it('keep neighbouring floats apart', () => {
    const next = 1 + Number.EPSILON
    expect([...binned(line(1, next, 1), 4).codes]).toEqual([0, 1, 0])
  })
})
