import { expect, test } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { TableEncoding } from './table-encoding.ts'

/** More rows than are written at a time. */
const count = 700

const uniform = new RandomStream({ seed: 1, name: 'rows' }).uniform({ first: 0, count, width: 2 })
const table = tableOf(
  text(
    'word',
    Array.from({ length: count }, (_, i) => (i % 7 === 3 ? null : ['a', 'b', 'c'][i % 3]!)),
  ),
  numbers(
    'whole',
    Array.from({ length: count }, (_, i) => Math.floor(400 * uniform[2 * i]! ** 2)),
    'BIGINT',
  ),
  numbers(
    'gappy',
    Array.from({ length: count }, (_, i) =>
      i % 5 === 0 ? Number.NaN : i % 4 === 0 ? 0 : Math.exp(4 * uniform[2 * i + 1]!),
    ),
  ),
)
const { encoding } = TableEncoding.fit({ table })
const { width } = encoding

test('a row is the same in every call, alone or among others', () => {
  const rowIndices = Int32Array.from({ length: 500 }, (_, i) => (37 * i) % count)
  const rows = encoding.prepare(table, { rowIndices, dequantiseSeed: 4 })
  const take = (first: number, last: number): Float32Array => {
    const own = Int32Array.from({ length: last - first }, (_, i) => (13 * (first + i)) % 500)
    const into = new Float32Array(own.length * width)
    rows.write({ rows: own, first, into })
    return into
  }
  const all = take(0, 1500)
  for (const [first, last] of [
    [0, 1],
    [255, 258],
    [700, 1400],
    [1499, 1500],
  ] as const)
    expect(take(first, last)).toEqual(all.slice(first * width, last * width))
  const chosen = Int32Array.from({ length: 1500 }, (_, i) => rowIndices[(13 * i) % 500]!)
  expect(encoding.encode(table, { rowIndices: chosen, dequantiseSeed: 4 })).toEqual(all)
})

test('words: the corner of the word and noise of (seed, column, row); numbers: the code of the value within its cell', () => {
  const x = encoding.encode(table, { dequantiseSeed: 9, first: 40 })
  const plain = encoding.encode(table)
  const range = { first: 40, count }
  const [word] = encoding.parts
  if (word?.kind !== 'words') throw new Error('the words come first')
  const of = (name: string): RandomStream => new RandomStream({ seed: 9, name })
  const z = of('dequantise/word').normal({ ...range, width: 3 })
  const u = of('dequantise/whole').uniform({ ...range, width: 1 })
  const whole = encoding.columnRange('whole')!.offset
  const spreadOut = encoding.encode(
    tableOf(
      table.columns[0]!,
      numbers(
        'whole',
        Array.from(table.columns[1]!.values as Float64Array, (value, row) => value + u[row]! - 0.5),
      ),
      table.columns[2]!,
    ),
  )
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < 3; k++)
      expect(x[row * width + k]).toBe(
        Math.fround(nearest(word.vectors, plain, row)[k]! + word.spread * z[3 * row + k]!),
      )
    expect(x[row * width + whole]).toBe(spreadOut[row * width + whole])
  }
})

/** The corner that a code without noise lies on. */
function nearest(vectors: readonly Float64Array[], codes: Float32Array, row: number): Float64Array {
  const found = vectors.find((vector) =>
    vector.every((value, k) => Math.fround(value) === codes[row * width + k]),
  )
  return found ?? new Float64Array()
}
