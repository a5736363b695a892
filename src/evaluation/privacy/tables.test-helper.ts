import { RandomStream } from '../../base/index.ts'
import type { Column, Table } from '../../data/index.ts'
import { blocksOf, type RowBlocks } from './row-blocks.ts'

/** A column of numbers. */
export function numbers(name: string, values: Float64Array): Column {
  return { kind: 'number', name, type: 'DOUBLE', decimals: 9, values }
}

/** A column of words. */
export function words(name: string, values: readonly (string | null)[]): Column {
  return { kind: 'text', name, type: 'VARCHAR', values }
}

/** A table of columns of equal length. */
export function tableOf(columns: readonly Column[]): Table {
  return { rowCount: columns[0]!.values.length, columns, source: 'a test' }
}

/** Normal numbers, [count][width]. */
function normals(count: number, width: number, seed: number): (row: number, k: number) => number {
  const z = new RandomStream({ seed, name: 'privacy' }).normal({ first: 0, count, width })
  return (row, k) => z[row * width + k]!
}

/** Three numbers that hang together, one with a long tail and gaps, whole years, and two categories. */
export function mixedTable(count: number, seed: number): Table {
  const z = normals(count, 7, seed)
  const column = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => of(row))
  return tableOf([
    numbers(
      'x',
      column((row) => z(row, 0)),
    ),
    numbers(
      'y',
      column((row) => 1000 + 50 * (z(row, 0) + 0.5 * z(row, 1))),
    ),
    numbers(
      'z',
      column((row) => z(row, 1) + 0.2 * z(row, 2) ** 2),
    ),
    numbers(
      'income',
      column((row) => (z(row, 3) > 1.5 ? Number.NaN : Math.exp(8 + z(row, 3) + 0.3 * z(row, 0)))),
    ),
    numbers(
      'age',
      column((row) => Math.round(40 + 12 * z(row, 4))),
    ),
    words(
      'kind',
      Array.from({ length: count }, (_, row) => `kind ${Math.min(9, Math.floor(Math.abs(3 * z(row, 5))))}`),
    ),
    words(
      'sex',
      Array.from({ length: count }, (_, row) => (z(row, 6) > 0.1 ? 'f' : z(row, 6) > -2 ? 'm' : null)),
    ),
  ])
}

/** Whole numbers and words only: of many rows, most equal another one. */
export function discreteTable(count: number, seed: number): Table {
  const z = normals(count, 4, seed)
  const column = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => of(row))
  return tableOf([
    numbers(
      'a',
      column((row) => Math.round(2 * z(row, 0))),
    ),
    numbers(
      'b',
      column((row) => Math.round(2 * (z(row, 0) + z(row, 1)))),
    ),
    numbers(
      'c',
      column((row) => Math.round(z(row, 2))),
    ),
    words(
      'd',
      Array.from({ length: count }, (_, row) => `word ${Math.floor(Math.abs(4 * z(row, 3)))}`),
    ),
  ])
}

/** Numbers with a little noise, cell by cell: `relative` to the value, or to the column's standard deviation. */
export function jittered(
  table: Table,
  by: { readonly relative: number } | { readonly ofDeviation: number },
): Table {
  const z = normals(table.rowCount, table.columns.length, 99)
  return {
    ...table,
    columns: table.columns.map((column, k): Column => {
      if (column.kind === 'text') return column
      const filled = column.values.filter((value) => !Number.isNaN(value))
      const mean = filled.reduce((sum, value) => sum + value / filled.length, 0)
      const std = Math.sqrt(filled.reduce((sum, value) => sum + (value - mean) ** 2 / filled.length, 0))
      const values = column.values.map((value, row) =>
        'relative' in by ? value * (1 + by.relative * z(row, k)) : value + by.ofDeviation * std * z(row, k),
      )
      return { ...column, values }
    }),
  }
}

/** Rows of one table, then of another. */
export function stacked(one: Table, other: Table): Table {
  return tableOf(
    one.columns.map((column, k): Column => {
      const below = other.columns[k]!
      return column.kind === 'number'
        ? { ...column, values: Float64Array.from([...column.values, ...(below.values as Float64Array)]) }
        : { ...column, values: [...column.values, ...(below.values as string[])] }
    }),
  )
}

/** The table with one column taken from another. */
export function withColumn(table: Table, name: string, from: Table): Table {
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.name === name ? from.columns.find((other) => other.name === name)! : column,
    ),
  }
}

/** Rows first … first + count − 1. */
export function rowsFrom(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => first + i)
}

/** Blocks that are counted as they are read. */
export function countedBlocks(table: Table): { readonly blocks: RowBlocks; readonly read: () => number } {
  const whole = blocksOf(table)
  let rows = 0
  return {
    read: () => rows,
    blocks: {
      rowCount: whole.rowCount,
      async *read() {
        for await (const block of whole.read()) {
          rows += block.rowCount
          yield block
        }
      },
    },
  }
}
