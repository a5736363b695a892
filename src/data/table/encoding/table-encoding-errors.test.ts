import { describe, expect, test } from 'vitest'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import { TableEncoding } from './table-encoding.ts'

test('an encoding of an older release says so', () => {
  const { encoding } = TableEncoding.fit({ table: tableOf(numbers('a', [1, 2, 3, 5])) })
  const older = { ...(JSON.parse(JSON.stringify(encoding)) as object), version: 2 }
  expect(() => TableEncoding.fromJSON(older)).toThrow(
    expect.objectContaining({ code: 'data/older-encoding', message: expect.stringContaining('version 2') }),
  )
})

describe('errors', () => {
  const nan = Number.NaN
  const good = tableOf(numbers('a', [1, 2, 3, 5]), numbers('b', [2, 2.5, 3, 9]))

  test.each([
    [
      'data/nothing-to-model',
      tableOf(
        text(
          'a',
          Array.from({ length: 30 }, (_, i) => `x${i}`),
        ),
      ),
      /no column to learn: a \(identifier\)/,
    ],
    ['data/all-gaps', tableOf(numbers('a', [nan, nan]), text('b', [null, null])), /No cell of the 2 rows/],
    ['data/too-few-rows', tableOf(numbers('a', [1])), /has 1 row;/],
    ['data/too-few-rows', tableOf(numbers('a', [])), /has 0 rows;/],
    ['data/all-constant', tableOf(numbers('a', [2, 2, 2])), /one value throughout/],
  ])('fit: %s', (code, table, message) => {
    expect(() => TableEncoding.fit({ table })).toThrow(
      expect.objectContaining({ code, kind: 'data', message: expect.stringMatching(message) }),
    )
  })

  test.each([
    ['data/missing-column', tableOf(numbers('a', [1])), /lacks 'b'/],
    ['data/column-kind', tableOf(numbers('a', [1]), text('b', ['x'])), /'b' holds text/],
    ['data/gap', tableOf(numbers('a', [nan, 1]), numbers('b', [1, nan])), /row 1 of 'a', row 2 of 'b'/],
  ])('encode: %s', (code, table, message) => {
    const { encoding } = TableEncoding.fit({ table: good })
    expect(() => encoding.encode(table)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    )
  })

  test('encode: a category that training did not see is named, and its row can be left out', () => {
    const { encoding } = TableEncoding.fit({ table: tableOf(text('c', ['x', 'y', 'x', 'y'])) })
    const table = tableOf(text('c', ['x', 'zebra', 'y']))
    expect(() => encoding.encode(table)).toThrow(
      expect.objectContaining({
        code: 'data/unknown-category',
        message: expect.stringContaining("row 2 of 'c' is 'zebra'"),
      }),
    )
    expect([...encoding.encodableRows(table)]).toEqual([0, 2])
  })

  test('fit: what is said of a column that is not there', () => {
    expect(() => TableEncoding.fit({ table: good, columns: { c: { as: 'skip' } } })).toThrow(
      expect.objectContaining({ code: 'data/missing-column' }),
    )
  })

  test('fit: an encoder that is not there', () => {
    expect(() => TableEncoding.fit({ table: good, columns: { a: { encoder: 'nope' } } })).toThrow(
      expect.objectContaining({ code: 'data/column-encoder' }),
    )
  })

  test('decode: codes of another size', () => {
    const { encoding } = TableEncoding.fit({ table: good })
    expect(() => encoding.decode(new Float32Array(3), 2)).toThrow(
      expect.objectContaining({ code: 'internal/encoded-size' }),
    )
  })

  test.each([
    [{}],
    [{ version: 4, columns: [] }],
    [{ version: 3, columns: [] }],
    [{ version: 3, columns: [{ role: 'number', name: 'a' }] }],
    [{ version: 3, columns: [{ role: 'category', name: 'a' }] }],
    [{ version: 3, columns: [{ role: 'nonsense', name: 'a' }] }],
  ])('fromJSON: %j', (json) => {
    expect(() => TableEncoding.fromJSON(json)).toThrow(
      expect.objectContaining({ code: 'data/encoding-parameters', kind: 'data' }),
    )
  })
})
