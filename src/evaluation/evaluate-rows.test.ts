import { describe, expect, it } from 'vitest'
import { evaluateRows } from './evaluate-rows.ts'
import { wasserstein } from './metrics/wasserstein.ts'
import { rowMetrics } from './metrics.ts'
import { strided } from './rows.ts'
import { moved, normalRows, pairOf } from './samples.test-helper.ts'

const columns = ['age', 'income']
const rows = (name: string, count: number): Float64Array => normalRows({ name, count, dimension: 2 }).values
const given = {
  real: rows('real', 400),
  heldOut: rows('held out', 200),
  synthetic: rows('made', 300),
  columns,
  seed: 3,
}

describe('evaluateRows', () => {
  const evaluation = evaluateRows(given)
  it('has every figure of every metric, named once, as JSON', () => {
    expect(new Set(evaluation.figures.map(({ metric }) => metric))).toEqual(
      new Set(rowMetrics.map(({ name }) => name)),
    )
    const names = evaluation.figures.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('wasserstein: income')
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation)
    expect(evaluation).toMatchObject({
      rows: { real: 400, heldOut: 200, synthetic: 300 },
      seed: 3,
      confidence: 0.95,
    })
  })
  it('gives real rows their own floor', () => {
    const { figures } = evaluateRows({ ...given, synthetic: given.real })
    for (const { value, low, high, floor } of figures) expect({ value, low, high }).toEqual(floor)
  })
  it('measures in standard deviations of the real rows, equally many on each side', () => {
    const unit = (values: Float64Array): Float64Array => values.map((x, k) => (k % 2 ? 1e4 * x - 7 : x))
    const other = evaluateRows({
      ...given,
      real: unit(given.real),
      heldOut: unit(given.heldOut),
      synthetic: unit(given.synthetic),
    })
    other.figures.forEach((figure, k) => {
      expect(figure.value).toBeCloseTo(evaluation.figures[k]!.value, 6)
      expect(figure.rows).toBe(200)
    })
  })
  it('takes rows in strides, and shifts in their unit', () => {
    const real = normalRows({ name: 'real', count: 9000, dimension: 2 })
    const shifted = moved(real, 1, 0.5)
    const [figure] = evaluateRows({
      real: real.values,
      heldOut: real.values,
      synthetic: shifted.values,
      columns,
      seed: 1,
      metrics: [wasserstein],
    }).figures
    expect(figure!.rows).toBe(5000)
    expect(figure!.value).toBeCloseTo(0.5, 1)
    expect(figure!.floor.value).toBe(0)
    const few = strided(real, 7)
    expect([...few.values.subarray(0, 4)]).toEqual([
      ...real.values.subarray(0, 2),
      ...real.values.subarray(2570, 2572),
    ])
    expect(wasserstein.measure(pairOf(real, shifted))[0]!.value).toBeCloseTo(0.5, 9)
  })
  it.each([
    [{ synthetic: given.synthetic.subarray(1) }, 'evaluation/shape', /synthetic rows/],
    [
      { heldOut: given.heldOut.map((x, k) => (k === 5 ? NaN : x)) },
      'evaluation/not-finite',
      /held-out rows hold NaN/,
    ],
    [{ heldOut: given.heldOut.subarray(0, 78) }, 'evaluation/too-few-rows', /39 heldOut/],
    [{ columns: [] }, 'evaluation/shape', /rows of 0/],
  ])('says what is wrong: %#', (wrong, code, message) => {
    expect(() => evaluateRows({ ...given, ...wrong })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })
})
