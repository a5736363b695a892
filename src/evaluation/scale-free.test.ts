import { describe, expect, it } from 'vitest'
import { evaluateRows } from './evaluate-rows.ts'
import { classifier } from './metrics/classifier.ts'
import { kolmogorovSmirnov } from './metrics/kolmogorov-smirnov.ts'
import { wasserstein } from './metrics/wasserstein.ts'
import { rowMetrics } from './metrics.ts'
import { type Rows, scaled, scalingOf } from './rows.ts'
import { normalRows } from './samples.test-helper.ts'

/** Rows in steps of 1/64, which stay exact when they are moved far away. */
const steps = (name: string, count: number): Float64Array =>
  normalRows({ name, count, dimension: 2 }).values.map((x) => Math.round(64 * x) / 64)
const given = { real: steps('real', 300), heldOut: steps('held out', 120), synthetic: steps('made', 200) }
const columnMetrics = [kolmogorovSmirnov, wasserstein]

function figures(move: (x: number) => number, metrics = columnMetrics): number[] {
  const moved = {
    real: given.real.map(move),
    heldOut: given.heldOut.map(move),
    synthetic: given.synthetic.map(move),
  }
  return evaluateRows({ ...moved, columns: ['a', 'b'], seed: 1, metrics }).figures.flatMap(
    ({ value, low, high, floor }) => [value, low, high, floor.value],
  )
}

describe('figures do not depend on where a column lies and how wide it is', () => {
  const here = figures((x) => x)
  it.each([
    ['beside a mean of 2^46', (x: number) => x + 2 ** 46],
    ['mirrored', (x: number) => -x],
    ['2^-600 times as wide', (x: number) => x * 2 ** -600],
    ['2^1000 times as wide', (x: number) => x * 2 ** 1000],
    ['tiny beside its mean', (x: number) => 2 ** -20 * x + 2 ** 26],
  ])('%s', (_, move) => {
    figures(move).forEach((value, k) => {
      expect(value).toBeCloseTo(here[k]!, 9)
    })
  })
  it('distances and correlations of all columns neither', () => {
    // The classifier's thresholds lie between values, where a value of another fold may be: rounding decides on its side.
    const others = rowMetrics.filter((metric) => metric !== classifier && !columnMetrics.includes(metric))
    const [before, after] = [figures((x) => x, others), figures((x) => x + 2 ** 46, others)]
    after.forEach((value, k) => {
      expect(value).toBeCloseTo(before[k]!, 6)
    })
  })
})

it('a column of one value, of any size, is left where it is: distance 0 from itself', () => {
  const rows: Rows = { values: Float64Array.of(0.1, 1e300, 0.1, 1e300, 0.1, 1e300), count: 3, dimension: 2 }
  expect(scalingOf(rows)).toEqual({ mean: Float64Array.of(0.1, 1e300), std: Float64Array.of(1, 1) })
  expect(scaled(rows, scalingOf(rows)).values).toEqual(new Float64Array(6))
})
