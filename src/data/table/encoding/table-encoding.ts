import { z } from 'zod'
import { ScorefieldError } from '../../../engine/error.ts'
import {
  type Column,
  type ColumnKind,
  completeRows,
  isGap,
  type NumberColumn,
  type Table,
  takeRows,
} from '../table.ts'
import type { Json } from './column-encoder.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { fitNumberColumn, restoreNumberColumn } from './number-column.ts'
import { requireTrainable } from './trainable.ts'

export interface TableEncodingFit {
  readonly encoding: TableEncoding
  /** The rows that were fitted to: those asked for that have no gap in any encoded column, in the order asked. */
  readonly rows: Int32Array
  /** What was decided that a person may want to know, one sentence each. */
  readonly notes: readonly string[]
}

export interface EncodeOptions {
  /** Which rows, in this order; all of them if left out. */
  readonly rowIndices?: Int32Array
  /** Seed of the noise that dequantises; values are taken as they are if left out. */
  readonly dequantiseSeed?: number
  /** Index of the first row's noise: row i of this call draws from (seed, column, first + i) only; 0 if left out. */
  readonly first?: number
}

/** How to read each kind of column back from JSON. */
const restore: Readonly<Partial<Record<ColumnKind, (json: unknown) => ColumnEncoding>>> = {
  number: restoreNumberColumn,
}

const schema = z.strictObject({
  version: z.literal(1),
  columns: z.array(z.looseObject({ kind: z.enum(['number', 'text']) })).min(1),
})

/**
 * An invertible, differentiable map between the rows of a table and vectors of `width` numbers.
 *
 * It is fitted to training rows and remembers for each column how it is encoded and why. For a row v and its code x
 *
 *   log p_data(v) = log p_encoded(x) + logDeterminant(x),   logDeterminant(x) = Σ_columns log |d x / d v|,
 *
 * in nats, in the units of the data. For a dequantised column p_data is the density of the dequantised value, v spread evenly
 * over its cell: averaged over the noise, its logarithm plus log(resolution) is a lower bound of the log-probability of v
 * itself (Theis et al. 2016). A constant column has width 0 and contributes 0.
 *
 * Columns are found by name. Numbers are not clipped on the way back, only rounded to the column's own grid.
 */
export class TableEncoding {
  readonly columns: readonly ColumnEncoding[]
  readonly width: number

  private constructor(columns: readonly ColumnEncoding[]) {
    this.columns = columns
    this.width = columns.reduce((sum, column) => sum + column.width, 0)
  }

  /**
   * Fits to the rows `rowIndices` of `table` (all, if left out), less those with gaps.
   *
   * encoders: column encoder by column name, for columns that shall not have the one that the rule picks.
   * Throws `data/no-numeric-column`, `data/too-few-rows`, `data/all-gaps`, `data/all-constant`.
   */
  static fit(options: {
    readonly table: Table
    readonly rowIndices?: Int32Array
    readonly encoders?: Readonly<Record<string, string>>
  }): TableEncodingFit {
    const { table, rowIndices = allRows(table), encoders = {} } = options
    const notes: string[] = []
    requireTrainable(table, rowIndices)
    const asked = takeRows(table, rowIndices)
    const encodable = asked.columns.filter((column): column is NumberColumn => isEncodable(column, notes))
    const complete = completeRows(asked.rowCount, encodable)
    if (complete.length < asked.rowCount) {
      const left = asked.rowCount - complete.length
      notes.push(
        `${left} of ${asked.rowCount} rows have gaps and are left out; ${complete.length} are learned from.`,
      )
    }
    const learned = takeRows({ ...asked, columns: encodable }, complete)
    const columns = learned.columns.map((column) =>
      fitNumberColumn(column as NumberColumn, encoders[column.name]),
    )
    for (const column of columns) {
      if (column.width === 0) notes.push(`'${column.name}' has one value throughout and is not modelled.`)
    }
    const encoding = new TableEncoding(columns)
    if (encoding.width === 0) {
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/all-constant',
        message: `Every column of ${table.source} has one value throughout.`,
        where: table.source,
        hint: 'There is nothing to learn; check that the right file and columns are read.',
      })
    }
    return { encoding, rows: complete.map((row) => rowIndices[row]!), notes }
  }

  /** The encoding that `toJSON` wrote, bit for bit. Throws `data/encoding-parameters` if it is broken. */
  static fromJSON(json: unknown): TableEncoding {
    try {
      const { columns } = schema.parse(json)
      return new TableEncoding(columns.map((column) => restoreColumn(column)))
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      const issue = error.issues[0]
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/encoding-parameters',
        message: `A table encoding is broken: ${issue?.message}.`,
        where: issue?.path.join('.') ?? 'table encoding',
        hint: 'The file was edited or cut short; train again, or restore it from a copy.',
        cause: error,
      })
    }
  }

  toJSON(): { readonly [key: string]: Json } {
    return { version: 1, columns: this.columns.map((column) => column.toJSON()) }
  }

  /**
   * The codes of rows of `table`, [n, width], float32.
   *
   * Throws `data/missing-column`, `data/column-kind`, `data/gap`.
   */
  encode(table: Table, options: EncodeOptions = {}): Float32Array {
    const { rowIndices = allRows(table), dequantiseSeed, first = 0 } = options
    const chosen = takeRows({ ...table, columns: this.#find(table) }, rowIndices)
    requireNoGaps(chosen, rowIndices)
    const noise = dequantiseSeed === undefined ? undefined : { seed: dequantiseSeed, first }
    const x = new Float32Array(rowIndices.length * this.width)
    const byName = new Map(chosen.columns.map((column) => [column.name, column]))
    this.#eachColumn((column, offset) => {
      if (column.width === 0) return
      const encoded = column.encode(byName.get(column.name)!, noise)
      for (let row = 0; row < rowIndices.length; row++) {
        for (let k = 0; k < column.width; k++) {
          x[row * this.width + offset + k] = encoded[row * column.width + k]!
        }
      }
    })
    return x
  }

  /** The table that `count` codes stand for: x [n, width] → the columns fitted to, in their order. */
  decode(x: Float32Array, count: number, source = 'decoded'): Table {
    requireSize(x, count, this.width)
    const columns: Column[] = []
    this.#eachColumn((column, offset) => {
      columns.push(column.decode(this.#block(x, count, column, offset), count))
    })
    return { rowCount: count, columns, source }
  }

  /** Σ_columns log |d encoded / d value| at each of `count` codes, [n], in nats: x [n, width]. */
  logDeterminant(x: Float32Array, count: number): Float64Array {
    requireSize(x, count, this.width)
    const sum = new Float64Array(count)
    this.#eachColumn((column, offset) => {
      const terms = column.logDerivative(this.#block(x, count, column, offset), count)
      for (let row = 0; row < count; row++) sum[row]! += terms[row]!
    })
    return sum
  }

  #eachColumn(visit: (column: ColumnEncoding, offset: number) => void): void {
    let offset = 0
    for (const column of this.columns) {
      visit(column, offset)
      offset += column.width
    }
  }

  /** One column's part of x, [n, column.width], in float64. */
  #block(x: Float32Array, count: number, column: ColumnEncoding, offset: number): Float64Array {
    const block = new Float64Array(count * column.width)
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < column.width; k++) block[row * column.width + k] = x[row * this.width + offset + k]!
    }
    return block
  }

  /** The columns of `table` that are modelled. Constant ones are not read, so they need not be there. */
  #find(table: Table): Column[] {
    const modelled = this.columns.filter(({ width }) => width > 0)
    const byName = new Map(table.columns.map((column) => [column.name, column]))
    const missing = modelled.filter(({ name }) => !byName.has(name)).map(({ name }) => `'${name}'`)
    if (missing.length > 0) {
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/missing-column',
        message: `${table.source} lacks ${some(missing)}.`,
        where: table.source,
        hint: `The model was trained on: ${modelled.map(({ name }) => name).join(', ')}.`,
      })
    }
    return modelled.map(({ name, kind }) => {
      const column = byName.get(name)!
      if (column.kind === kind) return column
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/column-kind',
        message: `Column '${name}' holds ${column.kind}, but the model was trained on ${kind} there.`,
        where: `${table.source}, column '${name}'`,
        hint: 'Look for cells that are no numbers, or for another decimal separator.',
      })
    })
  }
}

function restoreColumn(json: { readonly kind: ColumnKind }): ColumnEncoding {
  const restoreKind = restore[json.kind]
  if (restoreKind !== undefined) return restoreKind(json)
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/encoding-parameters',
    message: `Columns of kind '${json.kind}' cannot be encoded by this version.`,
    hint: 'Use the version that wrote the file, or a later one.',
  })
}

function isEncodable(column: Column, notes: string[]): column is NumberColumn {
  if (column.kind === 'text') {
    notes.push(`'${column.name}' (${column.type}) is not a column of numbers and is not modelled.`)
    return false
  }
  if (column.values.every(Number.isNaN)) {
    notes.push(`'${column.name}' has no value in any row and is not modelled.`)
    return false
  }
  return true
}

function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rowCount }, (_, row) => row)
}

function some(items: readonly string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`
}

function requireNoGaps(chosen: Table, rowIndices: Int32Array): void {
  const gaps: string[] = []
  for (const column of chosen.columns) {
    for (let row = 0; row < chosen.rowCount; row++) {
      if (isGap(column, row)) gaps.push(`row ${rowIndices[row]! + 1} of '${column.name}'`)
    }
  }
  if (gaps.length === 0) return
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/gap',
    message: `${chosen.source} has gaps where values are needed: ${some(gaps)}.`,
    where: `${chosen.source}, ${gaps[0]}`,
    hint: 'Fill them first, or leave these rows out.',
  })
}

function requireSize(x: Float32Array, count: number, width: number): void {
  if (x.length === count * width) return
  throw new ScorefieldError({
    kind: 'internal',
    code: 'internal/encoded-size',
    message: `${count} codes of width ${width} are ${count * width} numbers, but ${x.length} were given.`,
  })
}
