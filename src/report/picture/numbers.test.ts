import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binEdges, correlation, extentOf, frameOf, histogram, rowCount, spreadRows } from './numbers.ts'

test('correlation is exact where it is known by construction', () => {
  const a = [1, -1, 1, -1]
  const b = [1, 1, -1, -1] // orthogonal to a, of the same norm
  const c = a.map((value, row) => 0.6 * value + 0.8 * b[row]!)
  expect(correlation(a, b)).toBe(0)
  expect(correlation(a, c)).toBeCloseTo(0.6, 14)
  expect(correlation(b, c)).toBeCloseTo(0.8, 14)
  expect(correlation(a, a)).toBe(1)
  expect(correlation(a, [0, 0, 0, 0])).toBeNaN()
})

test('correlation does not depend on order, shift or scale, and leaves out rows with a gap', () => {
  const pair = fc.tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(pair, { minLength: 4, maxLength: 30 }), (rows) => {
      const [x, y] = [rows.map(([first]) => first), rows.map(([, second]) => second)]
      fc.pre(new Set(x.map((v) => v.toFixed(3))).size > 2 && new Set(y.map((v) => v.toFixed(3))).size > 2)
      const r = correlation(x, y)
      expect(Math.abs(r)).toBeLessThanOrEqual(1)
      expect(correlation(y, x)).toBeCloseTo(r, 9)
      expect(
        correlation(
          x.map((v) => 3 - 2 * v),
          y,
        ),
      ).toBeCloseTo(-r, 6)
      expect(correlation([...x, Number.NaN, 5], [...y, 7, Number.POSITIVE_INFINITY])).toBe(r)
    }),
  )
})

test('spread rows are distinct, ascending, within range, and all of them when they fit', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 700 }), (count, limit) => {
      const rows = spreadRows(count, limit)
      expect(rows.length).toBe(Math.min(count, limit))
      expect(rows.every((row, index) => row < count && (index === 0 || row > rows[index - 1]!))).toBe(true)
      if (count <= limit) expect(rows).toEqual(Array.from({ length: count }, (_, index) => index))
    }),
  )
})

test('a frame holds everything but strays: the outermost thousandth, if far out', () => {
  const even = Array.from({ length: 2001 }, (_, index) => index / 2000)
  expect(frameOf(even)).toEqual({ low: -0.04, high: 1.04 })
  expect(frameOf([...even, 1.2]).high).toBeCloseTo(1.2 + 1.2 / 25, 10)
  expect(frameOf([...even, 1000]).high).toBeLessThan(1.05)
  expect(frameOf([...even.map((value) => value), -1000, Number.NaN]).low).toBeGreaterThan(-0.05)
  expect(extentOf([...even, 1000]).high).toBeCloseTo(1040, 6)
})

test('a frame has a span even for no value, or one', () => {
  for (const frame of [
    frameOf([]),
    frameOf([Number.NaN]),
    frameOf([0]),
    frameOf([5, 5]),
    extentOf([]),
    extentOf([-3]),
  ]) {
    expect(frame.high).toBeGreaterThan(frame.low)
  }
})

test('histogram heights times bin widths are the shares of the rows', () => {
  const values = [0.5, 1.5, 1.6, 1.7, 3, 9, Number.NaN] // 3 is the last edge, 9 is beyond it
  expect(histogram(values, [0, 1, 2, 3])).toEqual([1 / 6, 3 / 6, 1 / 6])
  expect(histogram([], [0, 1, 2])).toEqual([0, 0])
  expect(histogram([0.25], [0, 0.5, 1])).toEqual([2, 0])
})

test('whole numbers get bins centred on them, other columns as many as Rice says', () => {
  expect(binEdges([3, 4, 5, 9], { low: 2.7, high: 9.3 })).toEqual([2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5])
  const values = Array.from({ length: 1000 }, (_, index) => index / 999)
  const edges = binEdges(values, { low: -1, high: 1 })
  expect([edges.length - 1, edges[0], edges.at(-1)]).toEqual([20, -1, 1])
})

test('rows of the wrong width are refused', () => {
  expect(rowCount(new Float32Array(6), 3, 'data')).toBe(2)
  expect(() => rowCount(new Float32Array(7), 3, 'data')).toThrow(
    expect.objectContaining({ code: 'picture/shape' }),
  )
  expect(() => rowCount(new Float32Array(0), 0, 'data')).toThrow(
    expect.objectContaining({ code: 'picture/shape' }),
  )
})
