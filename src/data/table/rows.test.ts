import { expect, test } from 'vitest'
import { roomFor } from '../source.ts'
import { TableEncoding } from './encoding/table-encoding.ts'
import { numbers, tableOf } from './fixtures.test-helper.ts'
import { tableRows } from './rows.ts'

const table = tableOf(
  numbers(
    'id',
    Array.from({ length: 30 }, (_, i) => i * 1.5),
  ),
  numbers(
    'grade',
    Array.from({ length: 30 }, (_, i) => i % 13),
    'BIGINT',
  ),
)
const { encoding } = TableEncoding.fit({ table })
const rowIndices = Int32Array.from({ length: 20 }, (_, i) => i + 5)

function take(first: number, count: number): Float32Array {
  const source = tableRows({ encoding, table, rowIndices, seed: 4 })
  const room = roomFor(source.example, count)
  source.fill({ first, count }, room)
  return room.points
}

test('an example depends on its number only, whatever the batches', () => {
  const all = take(0, 60)
  expect(take(17, 6)).toEqual(all.slice(2 * 17, 2 * 23))
  expect(take(59, 1)).toEqual(all.slice(2 * 59))
})

test('every row once an epoch, in another order and with other noise each time', () => {
  const epochs = [0, 1].map((epoch) => {
    const decoded = encoding.decode(take(20 * epoch, 20), 20)
    return [...(decoded.columns[0]!.values as Float64Array)]
  })
  const wanted = [...rowIndices].map((row) => row * 1.5)
  for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(wanted)
  expect(epochs[0]).not.toEqual(epochs[1])
  const noise = [0, 1].map((epoch) => {
    const x = take(20 * epoch, 20)
    const at = epochs[epoch]!.indexOf(15)
    return x[2 * at + 1]
  })
  expect(noise[0]).not.toBe(noise[1])
})
