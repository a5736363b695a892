import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { widthOf } from '../../../family/index.ts'
import { fitsDecimals } from '../decimals.ts'
import { numbers, realTables, tableOf, text, wineFile } from '../fixtures.test-helper.ts'
import { readTable } from '../read.node.ts'
import { columnsOfKind, columnWords, type NumberColumn, type Table, takeRows } from '../table.ts'
import { kindOf, type NumberKind } from './choice.ts'
import { resolutionOf } from './grid.ts'
import { momentsOf } from './moments.ts'
import { TableEncoding } from './table-encoding.ts'

interface ColumnJson {
  readonly name: string
  readonly role: string
  readonly encoder: string
  readonly reason: string
  readonly kinds: readonly NumberKind[]
  readonly masses: readonly number[]
}

const columnsJson = (encoding: TableEncoding): ColumnJson[] =>
  (JSON.parse(JSON.stringify(encoding)) as { columns: ColumnJson[] }).columns

const numbersOf = (table: Table, name: string): Float64Array =>
  columnsOfKind(table, 'number').find((column) => column.name === name)!.values

describe.each(realTables)('$name', ({ path, absent }) => {
  const name = `rows survive encoding and decoding${absent ? ` (${absent})` : ''}`
  test.skipIf(absent !== undefined)(name, async () => {
    const { table } = await readTable({ source: path })
    const { encoding, rows } = TableEncoding.fit({ table })
    const chosen = rows.slice(0, 2000)
    const source = takeRows(table, chosen)
    const plain = encoding.decode(encoding.encode(table, { rowIndices: chosen }), chosen.length)
    const x = encoding.encode(table, { rowIndices: chosen, dequantiseSeed: 3 })
    const noisy = encoding.decode(x, chosen.length)
    expect(x.every(Number.isFinite)).toBe(true)
    expect(plain.columns.map(({ name }) => name)).toEqual(encoding.columns.map(({ name }) => name))
    const words = (table: Table, name: string): readonly unknown[] =>
      columnWords(table.columns.find((column) => column.name === name)!)
    for (const { name, role, encoder, kinds, masses } of columnsJson(encoding)) {
      // Identifiers count on, and free text stays away: neither is one of the data's.
      if (role === 'identifier' || role === 'text') continue
      const [was, without, withNoise] = [words(source, name), words(plain, name), words(noisy, name)]
      if (role !== 'number' || encoder === 'value-cells') {
        expect(without, name).toEqual(was)
        const changed = withNoise.filter((word, row) => word !== was[row])
        expect(changed.length, name).toBeLessThanOrEqual(0.002 * chosen.length)
        continue
      }
      const gaps = (column: readonly unknown[]): number => column.filter((word) => word === null).length
      expect(gaps(without), name).toBe(gaps(was))
      // The presence of a value is certain but for 1 in 30,000.
      expect(Math.abs(gaps(withNoise) - gaps(was)), name).toBeLessThanOrEqual(1)
      const filled = Int32Array.from(was.keys()).filter((row) => was[row] !== null && withNoise[row] !== null)
      const valuesIn = (table: Table): Float64Array => {
        const values = numbersOf(table, name)
        return Float64Array.from(filled, (row) => values[row]!)
      }
      const before = valuesIn(source)
      const deviation = momentsOf(before).std
      const errors = (decoded: Table): Float64Array =>
        valuesIn(decoded).map((value, row) => Math.abs(value - before[row]!))
      const [exact, spread] = [errors(plain), errors(noisy)]
      const isMass = new Set(masses)
      let [moved, flipped] = [0, 0]
      before.forEach((value, row) => {
        const grid = isMass.has(value) ? undefined : kinds[kindOf(kinds, value)]?.grid
        // A choice is another one by noise in 1 of 30,000.
        if (grid === undefined) {
          expect(exact[row], `${name}: masses come back to the bit`).toBe(0)
          if (spread[row] !== 0) flipped++
        } else if (grid === null) {
          // Float32 has 24 bits.
          expect(exact[row]! / (Math.abs(value) + deviation), name).toBeLessThan(1e-6)
        } else if (fitsDecimals(value, grid.decimals)) {
          expect(exact[row], `${name}: values of the grid come back to the bit`).toBe(0)
          // Noise within a rounding of the cell's edge may fall into the next cell.
          if (spread[row]! > 1.02 * resolutionOf(grid)) flipped++
          else if (spread[row] !== 0) moved++
        } else
          expect(exact[row], `${name}: others go to a nearest value`).toBeLessThan(0.52 * resolutionOf(grid))
      })
      expect(moved, name).toBeLessThanOrEqual(0.005 * before.length)
      expect(flipped, name).toBeLessThanOrEqual(1 + 0.001 * before.length)
    }
  })
})

describe('the wine table', async () => {
  const { table } = await readTable({ source: wineFile })
  const { encoding, rows, notes } = TableEncoding.fit({ table })
  const all = encoding.encode(table)
  const noisy = encoding.encode(table, { dequantiseSeed: 1 })

  test('twelve columns, all rows, no notes, every column with its reason', () => {
    // Eleven measures, two of them with a kind of digits to choose and one with a mass, and a quality of seven values.
    expect(encoding.width).toBe(11 + 3 + 6)
    expect(rows.length).toBe(4898)
    expect(notes).toEqual([])
    const columns = columnsJson(encoding)
    for (const { name, reason, kinds } of columns.slice(0, 11)) {
      expect(reason).toMatch(/skewness -?\d+\.\d\d, excess kurtosis -?\d+\.\d\d/)
      expect(kinds[0]!.dequantised, name).toBe(true)
    }
    expect(new Set(columns.slice(0, 11).map(({ encoder }) => encoder))).toEqual(new Set(['quantile-normal']))
    expect(columns.filter(({ kinds }) => kinds.length === 2).map(({ name }) => name)).toEqual([
      'density',
      'alcohol',
    ])
    expect(columns.find(({ name }) => name === 'citric acid')?.masses).toEqual([0.49])
    expect(columns[11]).toMatchObject({ name: 'quality', kinds: [], masses: [3, 4, 5, 6, 7, 8, 9] })
  })

  test('encoded numbers have mean near 0 and standard deviation near 1, words have mean 0', () => {
    let at = 0
    for (const part of encoding.parts) {
      for (let k = 0; k < widthOf(part); k++, at++) {
        const { mean, std } = momentsOf(
          Float64Array.from({ length: 4898 }, (_, row) => noisy[row * encoding.width + at]!),
        )
        expect(Math.abs(mean)).toBeLessThan(0.02)
        // The spread of quantile-normal columns is that of the knots' normal, cut at 1/4900.
        if (part.kind === 'numbers') expect(Math.abs(std - 1)).toBeLessThan(0.02)
      }
    }
  })

  test('logDeterminant is the log of the product of finite differences of encode', () => {
    // Measures without a choice: their codes are smooth in the values.
    const measures = table.columns.filter(
      ({ name }) => !['citric acid', 'density', 'alcohol', 'quality'].includes(name),
    )
    const smooth = TableEncoding.fit({ table: { ...table, columns: measures } }).encoding
    const rowIndices = Int32Array.from({ length: 200 }, (_, i) => i * 24)
    const { logDeterminant } = differences(smooth, table, rowIndices)
    const x = smooth.encode(table, { rowIndices })
    const exact = smooth.logDeterminant(x, 200)
    const errors = [...exact].map((value, i) => Math.abs(value - logDeterminant[i]!)).sort((a, b) => a - b)
    // Float32 codes limit the differences; a step across a knot's bend is off by a little more.
    expect(errors[100]).toBeLessThan(0.02)
    expect(errors[190]).toBeLessThan(0.2)
  })

  test('the noise of a row depends on the seed, the column and its index only', () => {
    const pick = Int32Array.of(5, 6, 7)
    const shifted = encoding.encode(table, { rowIndices: pick, dequantiseSeed: 1, first: 5 })
    expect(shifted).toEqual(noisy.slice(5 * encoding.width, 8 * encoding.width))
    expect(encoding.encode(table, { rowIndices: pick, dequantiseSeed: 1, first: 6 })).not.toEqual(shifted)
    expect(encoding.encode(table, { rowIndices: pick, dequantiseSeed: 2, first: 5 })).not.toEqual(shifted)
    expect(noisy).not.toEqual(all)
  })

  test('JSON gives the same bits', () => {
    const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
    expect(restored.encode(table, { dequantiseSeed: 1 })).toEqual(noisy)
    expect(restored.decode(noisy, 4898)).toEqual(encoding.decode(noisy, 4898))
    expect(restored.logDeterminant(noisy, 4898)).toEqual(encoding.logDeterminant(noisy, 4898))
    expect(JSON.stringify(restored)).toBe(JSON.stringify(encoding))
  })

  test('columns are found by name, and others are passed over', () => {
    const shuffled: Table = { ...table, columns: [text('more', []), ...table.columns.toReversed()] }
    expect(encoding.encode(shuffled, { rowIndices: Int32Array.of(0, 9) })).toEqual(
      encoding.encode(table, { rowIndices: Int32Array.of(0, 9) }),
    )
  })
})

/** Σ_columns log of central differences of encode over half a cell each way, per row. */
function differences(
  encoding: TableEncoding,
  table: Table,
  rowIndices: Int32Array,
): { logDeterminant: Float64Array } {
  const logDeterminant = new Float64Array(rowIndices.length)
  const grids = columnsJson(encoding)
  for (const [k, { name, kinds }] of grids.entries()) {
    const h = 0.05 * resolutionOf(kinds[0]!.grid!)
    const moved = (by: number): Float32Array => {
      const columns = table.columns.map((column) =>
        column.name === name
          ? { ...column, values: (column as NumberColumn).values.map((v) => v + by) }
          : column,
      )
      return encoding.encode({ ...table, columns } as Table, { rowIndices })
    }
    const [up, down] = [moved(h), moved(-h)]
    for (let row = 0; row < rowIndices.length; row++) {
      const at = row * encoding.width + k
      logDeterminant[row]! += Math.log((up[at]! - down[at]!) / (2 * h))
    }
  }
  return { logDeterminant }
}

describe('dequantisation', () => {
  const grades = tableOf(
    numbers(
      'grade',
      Array.from({ length: 2000 }, (_, i) => 1 + (i % 5)),
      'BIGINT',
    ),
  )

  test('the noise is uniform on the cell', () => {
    const { encoding } = TableEncoding.fit({ table: grades, columns: { grade: { encoder: 'standard' } } })
    const { mean, std } = columnsJson(encoding).map((column) => {
      return (column as unknown as { parameters: { mean: number; std: number } }).parameters
    })[0]!
    const x = encoding.encode(grades, { dequantiseSeed: 11 })
    const offsets = [...x].map((z, row) => mean + std * z - (1 + (row % 5))).sort((a, b) => a - b)
    expect(offsets[0]).toBeGreaterThan(-0.5 - 1e-5)
    expect(offsets.at(-1)).toBeLessThan(0.5 + 1e-5)
    // Kolmogorov–Smirnov: the distance exceeds 1.95 / √n with probability 1e-3 only, and the seed is fixed.
    const distance = offsets.reduce((most, u, i) => Math.max(most, Math.abs(u + 0.5 - (i + 0.5) / 2000)), 0)
    expect(distance).toBeLessThan(1.95 / Math.sqrt(2000))
  })

  test('the density of the dequantised column integrates to the share of each grade', () => {
    // Through the encoding: the mass of a cell under N(0, 1) in code space is ∫ exp(log p(x) + logDeterminant) dv.
    const { encoding } = TableEncoding.fit({
      table: grades,
      columns: { grade: { encoder: 'quantile-normal' } },
    })
    const steps = 2000
    for (let grade = 1; grade <= 5; grade++) {
      const v = Array.from({ length: steps }, (_, i) => grade - 0.5 + (i + 0.5) / steps)
      const x = encoding.encode(tableOf(numbers('grade', v)))
      const determinant = encoding.logDeterminant(x, steps)
      const density = v.map((_, i) => Math.exp(-0.5 * x[i]! ** 2 + determinant[i]!) / Math.sqrt(2 * Math.PI))
      expect(density.reduce((sum, p) => sum + p / steps, 0)).toBeCloseTo(0.2, 3)
    }
  })

  test('only columns with ties are dequantised', () => {
    const rows = Array.from({ length: 40 }, (_, i) => i)
    const table = tableOf(
      numbers(
        'row',
        rows.map((i) => i + (i % 3)),
      ),
      numbers(
        'ties',
        rows.map((i) => i % 19),
      ),
      numbers(
        'real',
        rows.map((i) => Math.sin(i)),
      ),
    )
    const kinds = columnsJson(TableEncoding.fit({ table }).encoding).flatMap((column) => column.kinds)
    expect(kinds.map(({ dequantised }) => dequantised)).toEqual([false, true, false])
  })
})

describe('any table of numbers', () => {
  const column = fc.oneof(
    fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 12 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 12, maxLength: 12 }),
    fc.array(
      fc.integer({ min: -500, max: 500 }).map((k) => k / 100),
      { minLength: 12, maxLength: 12 },
    ),
  )

  test('comes back as it was, with or without noise, where it is written to the usual digits', () => {
    fc.assert(
      fc.property(column, column, fc.nat(), (a, b, seed) => {
        const table = tableOf(
          numbers(
            'a',
            a.map((v) => v + 0),
          ),
          numbers(
            'b',
            b.map((v) => v + 0),
          ),
        )
        fc.pre(new Set(a).size > 1 || new Set(b).size > 1)
        const { encoding } = TableEncoding.fit({ table })
        for (const options of [{}, { dequantiseSeed: seed }]) {
          const decoded = encoding.decode(encoding.encode(table, options), 12)
          // With 12 rows every value decides the digits, so nothing is rounded.
          expect(decoded.columns.map(({ values }) => [...values])).toEqual(
            [a, b].map((v) => v.map((value) => value + 0)),
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('what is not modelled', () => {
  test('comes back in its own way, and need not be there to be scored', () => {
    const rows = Array.from({ length: 24 }, (_, i) => i)
    const table = tableOf(
      numbers(
        'a',
        rows.map((i) => (i === 3 ? Number.NaN : i * i + 0.5)),
      ),
      text(
        'code',
        rows.map((i) => `A-${String(i + 90).padStart(4, '0')}`),
      ),
      text(
        'remark',
        rows.map((i) => `the ${i} of these is a remark`),
      ),
      numbers(
        'none',
        rows.map(() => Number.NaN),
      ),
      numbers(
        'same',
        rows.map(() => 7),
        'BIGINT',
      ),
      numbers('row', rows, 'BIGINT'),
    )
    const { encoding, rows: learned, notes } = TableEncoding.fit({ table })
    expect(learned.length).toBe(24)
    expect(encoding.width).toBe(2)
    expect(encoding.columnRange('a')).toEqual({ offset: 0, width: 2 })
    expect(encoding.columnRange('same')).toBeUndefined()
    expect(notes).toEqual([
      "'code' is not modelled (identifier: nearly all of its words are different (24 in 24 rows)); new rows count on.",
      "'remark' is not modelled (text: 7 words a cell, nearly all cells different); it stays empty in new rows.",
      "'none' is not modelled (empty: no value in any row); it stays empty.",
      "'same' is not modelled (constant: one value in every row); it is put back on the way out.",
      "'row' is not modelled (identifier: whole numbers that count the rows, from 0); new rows count on.",
    ])
    const picked = Int32Array.of(4, 0, 3)
    const decoded = encoding.decode(encoding.encode(table, { rowIndices: picked }), 3, {
      source: 'samples',
      first: 10,
    })
    expect(decoded.source).toBe('samples')
    expect(decoded.columns.map(({ name, values }) => [name, [...values]])).toEqual([
      ['a', [16.5, 0.5, Number.NaN]],
      ['code', ['A-0124', 'A-0125', 'A-0126']],
      ['remark', [null, null, null]],
      ['none', [Number.NaN, Number.NaN, Number.NaN]],
      ['same', [7, 7, 7]],
      ['row', [34, 35, 36]],
    ])
    const scored = tableOf(numbers('a', [0.5]))
    expect(encoding.encode(scored)).toEqual(encoding.encode(table, { rowIndices: Int32Array.of(0) }))
  })

  test('a column that is skipped does not come back', () => {
    const table = tableOf(numbers('a', [1.5, 2.25, 3]), numbers('b', [1, 2, 4]))
    const { encoding } = TableEncoding.fit({ table, columns: { b: { as: 'skip' } } })
    expect(encoding.decode(encoding.encode(table), 3).columns.map(({ name }) => name)).toEqual(['a'])
  })
})
