import { describe, expect, test } from 'vitest'
import { numbers, tableOf } from '../fixtures.test-helper.ts'
import { takeRows } from '../table.ts'
import { TableEncoding } from './table-encoding.ts'

describe('the probability of a cell', () => {
  const normal = (x: number): number => -0.5 * x * x - 0.5 * Math.log(2 * Math.PI)
  // Abramowitz & Stegun 26.2.17 would do; the sum of a fine grid is plainer.
  const mass = (low: number, high: number): number => {
    const step = (high - low) / 20_000
    let sum = 0
    for (let i = 0; i < 20_000; i++) sum += Math.exp(normal(low + (i + 0.5) * step)) * step
    return sum
  }

  test('of a standard normal in encoded space, the cells of all values sum to the mass between their ends', () => {
    const values = Array.from({ length: 400 }, (_, i) => ((i * 37) % 40) - 20)
    for (const scale of [1, 0.1, 0.01]) {
      const table = tableOf(
        numbers(
          'n',
          values.map((value) => Number((value * scale).toFixed(2))),
        ),
      )
      const { encoding } = TableEncoding.fit({ table, columns: { n: { encoder: 'standard' } } })
      expect(encoding.isDiscrete).toBe(true)
      const each = takeRows(
        table,
        Int32Array.from({ length: 40 }, (_, i) => i),
      )
      const x = encoding.encode(each)
      const logDeterminant = encoding.logDeterminant(x, 40)
      const logCells = encoding.logCells(x, 40)
      const sum = x.reduce(
        (total, at, i) => total + Math.exp(normal(at) + logDeterminant[i]! + logCells[i]!),
        0,
      )
      const sorted = [...x].sort((a, b) => a - b)
      const half = (sorted[1]! - sorted[0]!) / 2
      expect(sum).toBeCloseTo(mass(sorted[0]! - half, sorted[39]! + half), 3)
    }
  })

  test('of quantiles, cell by cell: each cell has the share of the rows that are in it', () => {
    // 900 rows of 30 values, the value v about (v mod 5) + 1 times as often as others.
    const values = Array.from({ length: 30 }, (_, value) =>
      new Array<number>(10 * ((value % 5) + 1)).fill(value),
    )
    const table = tableOf(numbers('n', values.flat()))
    const { encoding } = TableEncoding.fit({ table, columns: { n: { encoder: 'quantile-normal' } } })
    const rows = Int32Array.from(values.map((_, value) => values.slice(0, value).flat().length))
    const repeats = 400
    const share = new Float64Array(30)
    for (let seed = 0; seed < repeats; seed++) {
      const x = encoding.encode(table, { rowIndices: rows, dequantiseSeed: seed })
      const logDeterminant = encoding.logDeterminant(x, 30)
      const logCells = encoding.logCells(x, 30)
      x.forEach((at, value) => {
        share[value]! += Math.exp(normal(at) + logDeterminant[value]! + logCells[value]!) / repeats
      })
    }
    for (const [value, found] of share.entries())
      expect(found / (values[value]!.length / table.rowCount), String(value)).toBeCloseTo(1, 1)
  })

  test('there is none where a column is not rounded', () => {
    const table = tableOf(
      numbers(
        'x',
        Array.from({ length: 100 }, (_, i) => Math.sin(i)),
      ),
    )
    expect(TableEncoding.fit({ table }).encoding.isDiscrete).toBe(false)
  })
})
