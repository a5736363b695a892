import { describe, expect, test } from 'vitest'
import { numbers, tableOf } from '../fixtures.test-helper.ts'
import { inspectTable } from '../inspect/inspect.ts'
import { momentsOf } from './moments.ts'
import { TableEncoding } from './table-encoding.ts'

/** 200 numbers of full precision, nearly normal or with a long tail. */
const shapes: readonly [string, (u: number) => number][] = [
  ['standard', (u) => Math.log(u / (1 - u)) * 1.1],
  ['quantile-normal', (u) => Math.exp(2 * Math.log(u / (1 - u)))],
]
const sizes = [1e160, 1e-160, 1e-201, 1e280, 1e-290, 1e76, 1e-76] as const

describe.each(shapes)('%s', (encoder, shape) => {
  const ordinary = Array.from({ length: 200 }, (_, i) => shape((((i * 83) % 200) + 0.5) / 200))
  const fitted = (scale: number) => {
    const table = tableOf(
      numbers(
        'a',
        ordinary.map((value) => value * scale),
      ),
      numbers(
        'b',
        ordinary.map((_, i) => i / 7),
      ),
    )
    return { table, encoding: TableEncoding.fit({ table }).encoding }
  }
  const reference = fitted(1)
  const codes = reference.encoding.encode(reference.table)
  const determinant = reference.encoding.logDeterminant(codes, 200)

  test.each(sizes)('numbers of about %d', (scale) => {
    const { table, encoding } = fitted(scale)
    expect(encoding.columns[0]!.encoder).toBe(encoder)
    const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
    const own = encoding.encode(table)
    own.forEach((value, i) => {
      expect(Math.abs(value - codes[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(codes[i]!)))
    })
    // log |dz/dv| of v = scale · u is that of u less log scale.
    restored.logDeterminant(own, 200).forEach((value, row) => {
      expect(value).toBeCloseTo(determinant[row]! - Math.log(scale), 3)
    })
    const decoded = restored.decode(own, 200).columns[0]!.values as Float64Array
    decoded.forEach((value, row) => {
      expect(Math.abs(value / scale - ordinary[row]!)).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(ordinary[row]!)),
      )
    })
    const inspected = inspectTable(table)
    expect(inspected.columns[0]!.reason).not.toMatch(/NaN|Infinity/)
    expect(inspected.suggestions.filter((line) => /one column twice/.test(line))).toEqual([])
  })
})

test.each([1e160, 1e-201, 1e300, 1e-300])(
  'moments of numbers of about %d are those of ordinary ones, scaled',
  (scale) => {
    const values = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) ** 2 / 1000)
    const [plain, large] = [momentsOf(values), momentsOf(values.map((value) => value * scale))]
    expect(large.mean / scale).toBeCloseTo(plain.mean, 9)
    expect(large.std / scale).toBeCloseTo(plain.std, 9)
    expect([large.skewness, large.excessKurtosis]).toEqual([
      expect.closeTo(plain.skewness, 6),
      expect.closeTo(plain.excessKurtosis, 6),
    ])
  },
)
