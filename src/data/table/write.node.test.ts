import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { numbers, plainCsv, tableOf, text, wineFile } from './fixtures.test-helper.ts'
import { csv, jsonl, parquet, type TableFormat, writtenFormats } from './formats.ts'
import { readTable } from './read.node.ts'
import type { NumberColumn, Table } from './table.ts'
import { tableText } from './text.ts'
import { writeTable } from './write.node.ts'

const folder = mkdtempSync(join(tmpdir(), "scorefield write 'x' "))
afterAll(() => rmSync(folder, { recursive: true }))

const written = (table: Table, format: TableFormat): string => [...tableText(table, format)].join('')

/** Name and values of each column. */
const contents = (table: Table): unknown[] => table.columns.map(({ name, values }) => [name, [...values]])

const dates = (name: string, values: readonly number[]): NumberColumn => ({
  ...numbers(name, values, 'DATE'),
  calendar: { unit: 'date', format: '%Y-%m-%d' },
})

const mixed = tableOf(
  numbers('whole', [1, Number.NaN, -3], 'BIGINT'),
  numbers('real', [0.1, 1e-7, 12345.678], 'DOUBLE'),
  numbers('narrow', [0.1, 2.5, Number.NaN], 'FLOAT'),
  numbers('money', [1.25, 99.5, 0], 'DECIMAL(9,2)'),
  text('say "what", who?', ['a,b', null, 'two\nlines "x"']),
  dates('day', [18_292, 18_321, Number.NaN]),
)

describe('files', () => {
  test.each(writtenFormats.map((format) => [format.name, format] as const))(
    '%s comes back as it was',
    async (_, format) => {
      const path = join(folder, `mixed 😀${format.extensions[0]}`)
      await writeTable(mixed, { path })
      const { table } = await readTable({ source: path })
      expect(contents(table)).toEqual(contents(mixed))
      expect(existsSync(`${path}.partial`)).toBe(false)
    },
  )

  test('Parquet keeps the types of the source', async () => {
    const path = join(folder, 'types.parquet')
    await writeTable(mixed, { path })
    const { table } = await readTable({ source: path })
    expect(table.columns.map(({ type }) => type)).toEqual(mixed.columns.map(({ type }) => type))
  })

  test('a value that the type cannot hold widens the column, none is changed', async () => {
    const path = join(folder, 'wide.parquet')
    const wide = tableOf(
      numbers('half', [0.5, 1], 'BIGINT'),
      numbers('large', [300, 1], 'TINYINT'),
      numbers('much', [123456, 1], 'DECIMAL(4,2)'),
      text('day', ['soon', '2020-01-01'], 'DATE'),
      numbers('odd', [1, 2], 'x"; drop table written'),
    )
    await writeTable(wide, { path })
    const { table } = await readTable({ source: path })
    expect(contents(table)).toEqual(contents(wide))
    expect(table.columns.map(({ type }) => type)).toEqual(['DOUBLE', 'DOUBLE', 'DOUBLE', 'VARCHAR', 'DOUBLE'])
  })

  test('the wine table survives CSV and Parquet to the bit', async () => {
    const { table } = await readTable({ source: wineFile })
    for (const name of ['wine.csv', 'wine.parquet']) {
      const path = join(folder, name)
      await writeTable(table, { path })
      expect((await readTable({ source: path })).table.columns).toEqual(table.columns)
    }
  })

  test('no file is left behind by a failure', async () => {
    const path = join(folder, 'no such folder', 'a.csv')
    await expect(writeTable(mixed, { path })).rejects.toThrow(
      expect.objectContaining({ code: 'data/cannot-write' }),
    )
    const broken = join(folder, 'taken.parquet')
    const twice = tableOf(numbers('a', [1]), numbers('a', [2]))
    await expect(writeTable(twice, { path: broken })).rejects.toThrow(
      expect.objectContaining({ code: 'data/cannot-write' }),
    )
    expect(readdirSync(folder).filter((name) => name.startsWith('taken'))).toEqual([])
  })

  test.each(['a.xyz', 'a', 'a.csv.gz'])('%s names no format to write', async (name) => {
    await expect(writeTable(mixed, { path: join(folder, name) })).rejects.toThrow(
      expect.objectContaining({ code: 'data/unknown-format', kind: 'usage' }),
    )
  })
})

describe('streams', () => {
  /** A stream that takes a few bytes at a time, slowly. */
  function slow(): { stream: Writable; taken: () => string } {
    const pieces: Buffer[] = []
    const stream = new Writable({
      highWaterMark: 16,
      write: (piece: Buffer, _encoding, done) => {
        pieces.push(piece)
        setImmediate(done)
      },
    })
    return { stream, taken: () => Buffer.concat(pieces).toString() }
  }

  test('a table of many pieces arrives whole and in order, and the stream stays open', async () => {
    const values = Array.from({ length: 5000 }, (_, i) => i / 8)
    const table = tableOf(numbers('a', values))
    const { stream, taken } = slow()
    await writeTable(table, { stream, format: csv })
    expect(stream.writableEnded).toBe(false)
    await new Promise<void>((resolve) => stream.end(resolve))
    expect(taken()).toBe(written(table, csv))
    expect(
      plainCsv(taken(), ',')
        .slice(1)
        .map(([cell]) => Number(cell)),
    ).toEqual(values)
  })

  test('a stream that fails is an error, not a wait', async () => {
    const stream = new Writable({
      highWaterMark: 1,
      write: (_piece, _encoding, done) => done(new Error('gone')),
    })
    stream.on('error', () => undefined)
    await expect(writeTable(mixed, { stream, format: csv })).rejects.toThrow('gone')
  })

  test('Parquet has no text form', async () => {
    await expect(writeTable(mixed, { stream: slow().stream, format: parquet })).rejects.toThrow(
      expect.objectContaining({ code: 'data/unknown-format' }),
    )
  })
})

describe('text', () => {
  test('CSV, as a person would write it', () => {
    expect(written(mixed, csv)).toBe(
      [
        'whole,real,narrow,money,"say ""what"", who?",day',
        '1,0.1,0.1,1.25,"a,b",2020-01-31',
        ',1e-7,2.5,99.5,,2020-02-29',
        '-3,12345.678,,0,"two\nlines ""x""",',
        '',
      ].join('\n'),
    )
  })

  test('a gap in a lone column is still a row', () => {
    expect(written(tableOf(numbers('a', [1, Number.NaN])), csv)).toBe('a\n1\n""\n')
  })

  test('JSON lines', () => {
    expect(written(tableOf(numbers('a', [1.5, Number.NaN]), text('b', ['"', null])), jsonl)).toBe(
      '{"a":1.5,"b":"\\""}\n{"a":null,"b":null}\n',
    )
  })

  test('any numbers and any text in CSV read back by plain rules', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', ' ', 'é', '😀', '\t', "'") })
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(number, cell), { minLength: 1, maxLength: 20 }), (rows) => {
        const table = tableOf(
          numbers(
            'n',
            rows.map(([value]) => value),
          ),
          text(
            't',
            rows.map(([, value]) => value),
          ),
        )
        const [, ...back] = plainCsv(written(table, csv), ',')
        expect(back.map(([value]) => Number(value))).toEqual(rows.map(([value]) => value + 0))
        expect(back.map(([, value]) => value)).toEqual(rows.map(([, value]) => value))
      }),
      { numRuns: 300 },
    )
  })

  test('what is on the disk is what the pieces are', async () => {
    const path = join(folder, 'pieces.csv')
    await writeTable(mixed, { path })
    expect(readFileSync(path, 'utf8')).toBe(written(mixed, csv))
  })
})
