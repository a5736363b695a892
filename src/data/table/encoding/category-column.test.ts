import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { columnWords, type Table } from '../table.ts'
import { wordSpread } from './category-encoders.ts'
import { bitVectors, simplexVectors } from './codebook.ts'
import { TableEncoding } from './table-encoding.ts'

const encoders = ['simplex', 'analog-bits', 'normal-cells'] as const

/** Words of shares 1/2, 1/4, … in a mixed order. */
function words(count: number, rows: number): string[] {
  const shares = Array.from({ length: count }, (_, k) => 2 ** -Math.min(k + 1, count - 1))
  const drawn = new RandomStream({ seed: 5, name: 'words' }).categorical(
    { first: 0, count: rows, width: 1 },
    shares,
  )
  return Array.from(drawn, (k) => `w${k}`)
}

const fitted = (table: Table, encoder: string): TableEncoding =>
  TableEncoding.fit({ table, columns: { c: { encoder } } }).encoding

describe.each(encoders)('categories by %s', (encoder) => {
  const table = tableOf(text('c', [...words(5, 20_000), null]))
  const encoding = fitted(table, encoder)
  const noisy = encoding.encode(table, { dequantiseSeed: 1 })

  test('words come back: all without noise, all but 1 in 5,000 with', () => {
    const source = columnWords(table.columns[0]!)
    const plain = encoding.decode(encoding.encode(table), table.rowCount).columns[0]!
    expect(plain.values).toEqual(source)
    const decoded = columnWords(encoding.decode(noisy, table.rowCount).columns[0]!)
    expect(decoded.filter((word, row) => word !== source[row]).length).toBeLessThanOrEqual(4)
  })

  test('log p of a code plus logDeterminant is the log-probability of its word, where p is the mixture of the words', () => {
    // p(x) = Σ P(v) q(x | v); q(x | v) is read off the encoding itself, at the code of v moved by the same noise.
    const counts = new Map<string | null, number>()
    for (const word of columnWords(table.columns[0]!)) counts.set(word, (counts.get(word) ?? 0) + 1)
    const vocabulary = [...counts.keys()]
    const book = encoding.encode(tableOf(text('c', vocabulary)))
    const width = encoding.width
    const spread = wordSpread(vocabulary.length)
    const density = (x: Float32Array): number =>
      vocabulary.reduce((sum, word, k) => {
        let distance = 0
        for (let j = 0; j < width; j++) distance += (x[j]! - book[k * width + j]!) ** 2
        const q = Math.exp(-distance / (2 * spread ** 2)) / (2 * Math.PI * spread ** 2) ** (width / 2)
        return sum + (counts.get(word)! / table.rowCount) * q
      }, 0)
    let error = 0
    for (let row = 0; row < 200; row++) {
      const x = noisy.slice(row * width, (row + 1) * width)
      const p = encoder === 'normal-cells' ? Math.exp(-(x[0]! ** 2) / 2) / Math.sqrt(2 * Math.PI) : density(x)
      const word = encoding.decode(x, 1).columns[0]!.values[0] as string | null
      const found = Math.log(p) + encoding.logDeterminant(x, 1)[0]!
      error += Math.abs(found - Math.log(counts.get(word)! / table.rowCount)) / 200
    }
    // Only codes half-way between two words are a little unsure.
    expect(error).toBeLessThan(0.002)
  })

  test('JSON restores it to the bit', () => {
    const restored = TableEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
    expect(restored.encode(table, { dequantiseSeed: 1 })).toEqual(noisy)
    expect(restored.decode(noisy, table.rowCount)).toEqual(encoding.decode(noisy, table.rowCount))
  })
})

test('normal cells make the column exactly standard normal', () => {
  const encoding = fitted(tableOf(text('c', words(6, 30_000))), 'normal-cells')
  const z = encoding
    .encode(tableOf(text('c', words(6, 30_000))), { dequantiseSeed: 3 })
    .slice()
    .sort()
  // Kolmogorov–Smirnov at the quartiles: three standard errors are 0.009.
  for (const [share, quantile] of [
    [0.25, -0.6745],
    [0.5, 0],
    [0.75, 0.6745],
  ] as const)
    expect(Math.abs(z.filter((value) => value < quantile).length / z.length - share)).toBeLessThan(0.009)
})

describe('codebooks', () => {
  test('a simplex has K corners in K − 1 dimensions, equally far apart, about 0', () => {
    for (const count of [2, 3, 7, 40]) {
      const vectors = simplexVectors(count, 2)
      expect(vectors.every((vector) => vector.length === count - 1)).toBe(true)
      for (let k = 0; k < count - 1; k++)
        expect(vectors.reduce((sum, vector) => sum + vector[k]!, 0)).toBeCloseTo(0, 12)
      for (let i = 0; i < count; i++)
        for (let j = 0; j < i; j++)
          expect(Math.hypot(...vectors[i]!.map((v, k) => v - vectors[j]![k]!))).toBeCloseTo(2, 12)
    }
  })

  test('binary digits are different words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), (count) => {
        expect(new Set(bitVectors(count, 2).map((vector) => vector.join())).size).toBe(count)
      }),
    )
  })
})

describe('numbers with gaps', () => {
  const stream = new RandomStream({ seed: 2, name: 'gappy' })
  const n = 20_000
  const normals = stream.normal({ first: 0, count: n, width: 1 })
  const values = Array.from(normals, (z, i) => (i % 5 === 0 ? Number.NaN : 3 + 2 * z))
  const table = tableOf(numbers('g', values))
  const { encoding } = TableEncoding.fit({ table })
  const x = encoding.encode(table, { dequantiseSeed: 9 })
  const spread = wordSpread(2)

  test('gaps and values come back', () => {
    const decoded = encoding.decode(x, n).columns[0]!.values as Float64Array
    const wrong = decoded.filter((value, i) => Number.isNaN(value) !== Number.isNaN(values[i]!))
    expect(wrong.length).toBeLessThanOrEqual(4)
    const far = decoded.filter((value, i) => Math.abs(value - values[i]!) > 1e-5)
    expect(far.length).toBe(0)
  })

  test('log p of the code plus logDeterminant is log P(gap), or log P(value) and its log-density', () => {
    const normal = (v: number, mean: number, std: number): number =>
      Math.exp(-(((v - mean) / std) ** 2) / 2) / (std * Math.sqrt(2 * Math.PI))
    const mean = 3
    const std = 2
    for (let row = 0; row < 300; row++) {
      const [presence, value] = [x[2 * row]!, x[2 * row + 1]!]
      // Two words at distance 2 with mean 0.
      const p =
        (0.8 * normal(presence, 0.4, spread) + 0.2 * normal(presence, -1.6, spread)) * normal(value, 0, 1)
      const found = Math.log(p) + encoding.logDeterminant(x.slice(2 * row, 2 * row + 2), 1)[0]!
      const exact = row % 5 === 0 ? Math.log(0.2) : Math.log(0.8 * normal(values[row]!, mean, std))
      // The encoding's own mean and std are those of 16,000 draws.
      expect(Math.abs(found - exact)).toBeLessThan(0.06)
    }
  })

  test('the noise of presence, of the filler and of the value are independent', () => {
    const gaps = Array.from({ length: n }, (_, row) => row).filter((row) => row % 5 === 0)
    const correlation =
      gaps.reduce((sum, row) => sum + ((x[2 * row]! + 1.6) / spread) * x[2 * row + 1]!, 0) / gaps.length
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(gaps.length))
  })
})

describe('numbers of which only some occur', () => {
  const amounts = Array.from({ length: 3000 }, (_, i) => (i % 10 ? 0 : [15_024, 7688, 99_999][(i / 10) % 3]!))
  const table = tableOf(numbers('gain', amounts))
  const asked = { gain: { encoder: 'value-cells' } }

  test.each([
    ['masses', undefined],
    ['value-cells', asked],
  ])('%s: nothing but these comes out, whatever the code', (encoder, columns) => {
    const { encoding } = TableEncoding.fit({ table, ...(columns ? { columns } : {}) })
    expect(encoding.columns[0]!.encoder).toBe(encoder)
    const { width } = encoding
    const codes = new RandomStream({ seed: 1, name: 'codes' }).normal({ first: 0, count: 5000, width })
    const decoded = encoding.decode(
      codes.map((z) => 3 * z),
      5000,
    )
    const out = new Set(decoded.columns[0]!.values as Float64Array)
    expect([...out].sort((a, b) => a - b)).toEqual([0, 7688, 15_024, 99_999])
  })

  test('value-cells: under a standard normal a row has the log-probability of its value', () => {
    const { encoding } = TableEncoding.fit({ table, columns: asked })
    const x = encoding.encode(table, { dequantiseSeed: 4 })
    const correction = encoding.logDeterminant(x, 3000)
    amounts.slice(0, 200).forEach((amount, row) => {
      const found = correction[row]! - x[row]! ** 2 / 2 - Math.log(2 * Math.PI) / 2
      expect(found).toBeCloseTo(Math.log(amount === 0 ? 0.9 : 1 / 30), 5)
    })
  })
})

test('numbers stay within the range of the data, whatever the code', () => {
  const table = tableOf(
    numbers(
      'a',
      Array.from({ length: 500 }, (_, i) => (i * 37) % 101),
    ),
  )
  const { encoding } = TableEncoding.fit({ table })
  const codes = new RandomStream({ seed: 1, name: 'codes' }).normal({ first: 0, count: 2000, width: 1 })
  const out = encoding.decode(
    codes.map((z) => 5 * z),
    2000,
  ).columns[0]!.values as Float64Array
  expect([Math.min(...out), Math.max(...out)]).toEqual([0, 100])
})

test('a word that only rows not learned from have is known, where one row suffices', () => {
  const table = tableOf(text('c', ['x', 'y', 'x', 'rare']))
  const { encoding } = TableEncoding.fit({ table, rowIndices: Int32Array.of(0, 1, 2), leastRowsPerWord: 1 })
  expect(encoding.decode(encoding.encode(table), 4).columns[0]!.values).toEqual(['x', 'y', 'x', 'rare'])
})
