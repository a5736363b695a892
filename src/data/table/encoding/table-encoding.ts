import type { Shape } from '../../../engine/index.ts'
import { joinParts, type RowPart } from '../../../family/index.ts'
import type { DecodeOptions, EncodeOptions, Encoding } from '../../encoding.ts'
import {
  type BrokenRule,
  brokenRules,
  determinedBy,
  gapsAgree,
  isExact,
  keepRules,
  type Rule,
} from '../rules/index.ts'
import { type Column, isGap, type Table, takeRows } from '../table.ts'
import { canEncodeOrIsGap, preparedAroundGaps, requireEncodable, withoutGaps } from './around-gaps.ts'
import type { Json } from './column-encoder.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import { allRows, findColumns, requireColumns, requireSize } from './columns-of.ts'
import { fitComputedColumn } from './computed-column.ts'
import { encodingVersion } from './encoding-version.ts'
import { type ColumnWish, fitColumn } from './fit-column.ts'
import { columnNoise } from './noise.ts'
import type { Outcomes } from './outcomes.ts'
import { outcomesInTable } from './outcomes-in-table.ts'
import { personalOf } from './personal-of.ts'
import { type PlacedColumn, PreparedRows } from './prepared-rows.ts'
import { defaultLeastRowsPerWord } from './rare-words.ts'
import { type GapsWish, readTableEncoding } from './read-table-encoding.ts'
import { requireTrainable } from './trainable.ts'
import { type DayColumns, findDayColumns, withValidDays } from './valid-days.ts'

/** A table's encoding, and what was found in fitting it. */
export interface TableEncodingFit {
  readonly encoding: TableEncoding
  /** The rows that were fitted to, in the order asked. */
  readonly rows: Int32Array
  /** What was decided that a person may want to know, one sentence each. */
  readonly notes: readonly string[]
}

/**
 * An invertible, differentiable map between the rows of a table and vectors of `width` numbers.
 *
 * It is fitted to training rows and remembers for each column how it is encoded and why. For a row v and its code x
 *
 *   log p_data(v) = log p_encoded(x) + logDeterminant(x),   logDeterminant(x) = Σ_columns log |d x / d v|,
 *
 * in nats, in the units of the data. For a dequantised column p_data is the density of the dequantised value, v spread evenly
 * over its cell: averaged over the noise, its logarithm plus log(resolution) is a lower bound of the log-probability of v
 * itself (Theis et al. 2016); `logCells` are the sums of these. For a category the term is −log q(x | v), q being the density that
 * spreads the word, so that it counts with its log-probability; likewise for a gap, and for a number that is a mass (`withChoice`).
 * A column that is not modelled has width 0 and contributes 0.
 *
 * Columns are found by name. On the way back numbers are rounded to the column's own grid and kept within the data's range; of
 * columns for year, month and day a day that does not exist becomes the last of its month; then the rules are kept: what
 * others determine is computed of them, and is not part of the code.
 */
export class TableEncoding implements Encoding {
  /** Cells are spread and scaled. */
  readonly isIdentity = false
  readonly columns: readonly ColumnEncoding[]
  readonly width: number
  readonly event: Shape
  /** Rules that every decoded row keeps. */
  readonly rules: readonly Rule[]
  /** What the numbers of a code are to a model. */
  readonly parts: readonly RowPart[]

  /** Columns that are days together: no decoded row has a day that does not exist. */
  readonly days: readonly DayColumns[]
  /** Whether gaps are values that come out, or unknown: then their codes are NaN, and no decoded row has one. */
  readonly gaps: GapsWish

  private constructor(
    columns: readonly ColumnEncoding[],
    rules: readonly Rule[],
    days: readonly DayColumns[],
    gaps: GapsWish,
  ) {
    this.gaps = gaps
    this.columns = columns
    this.rules = rules
    this.days = days
    this.width = columns.reduce((sum, column) => sum + column.width, 0)
    this.event = [this.width]
    this.parts = columns.reduce<readonly RowPart[]>((parts, column) => joinParts(parts, column.parts), [])
  }

  /**
   * Fits to the rows `rowIndices` of `table` (all, if left out). The other rows say only which words and gaps there are and
   * how far numbers range.
   *
   * columns: what is wished, by column name, where the rule shall not decide. rules: those of `findRules` that decoded rows
   * shall keep; a column that one of them determines, gaps included, is not encoded but computed. leastRowsPerWord: words of
   * fewer rows do not come out, 2 unless given; nor do personal data, unless `columns` say so. gaps: 'values' unless given.
   * Throws `data/nothing-to-model`, `data/too-few-rows`, `data/all-constant`, `data/missing-column`, `data/column-encoder`.
   */
  static fit(options: {
    readonly table: Table
    readonly rowIndices?: Int32Array | undefined
    readonly columns?: Readonly<Record<string, ColumnWish>> | undefined
    readonly rules?: readonly Rule[] | undefined
    readonly leastRowsPerWord?: number | undefined
    readonly gaps?: GapsWish | undefined
  }): TableEncodingFit {
    const { table, rowIndices = allRows(table), columns: wishes = {}, rules = [], gaps = 'values' } = options
    const seen = (column: Column): Column => (gaps === 'unknown' ? withoutGaps(column) : column)
    const { leastRowsPerWord = defaultLeastRowsPerWord } = options
    requireColumns(table, Object.keys(wishes), 'has no column')
    const learned = takeRows(table, rowIndices)
    const notes: string[] = []
    const computed = new Map(
      rules.filter(isExact).flatMap((rule) => (gapsAgree(rule, table) ? [[determinedBy(rule), rule]] : [])),
    )
    const personal = personalOf(table, wishes)
    const columns = learned.columns.flatMap((column, index) => {
      const wish = wishes[column.name] ?? {}
      if (wish.as === 'skip') return []
      const rule = computed.get(column.name)
      if (rule) return [fitComputedColumn(column, rule)]
      const { encoding, note } = fitColumn(seen(column), seen(table.columns[index]!), {
        wish,
        leastRowsPerWord,
        personal: personal.get(column.name),
      })
      if (note) notes.push(note)
      return [encoding]
    })
    const days = findDayColumns(table)
    const encoding = new TableEncoding(columns, rules, days, gaps)
    requireTrainable(table, rowIndices, columns)
    return { encoding, rows: rowIndices, notes }
  }

  /**
   * The encoding that `toJSON` wrote, bit for bit.
   * Throws `data/encoding-parameters` if it is broken, `data/older-encoding` if an older release wrote it.
   */
  static fromJSON(json: unknown): TableEncoding {
    const { columns, rules, days, gaps } = readTableEncoding(json)
    return new TableEncoding(columns, rules, days, gaps)
  }

  toJSON(): { readonly [key: string]: Json } {
    const columns = this.columns.map((column) => column.toJSON())
    return {
      version: encodingVersion,
      columns,
      ...(this.rules.length > 0 ? { rules: this.rules as unknown as Json } : {}),
      ...(this.days.length > 0 ? { days: this.days as unknown as Json } : {}),
      ...(this.gaps === 'unknown' ? { gaps: this.gaps } : {}),
    }
  }

  /**
   * The codes of rows of `table`, [n, width], float32.
   *
   * Throws `data/missing-column`, `data/column-kind`, `data/gap`, `data/unknown-category`; see `encodableRows`.
   */
  encode(table: Table, options: EncodeOptions = {}): Float32Array {
    const { rowIndices = allRows(table), first = 0 } = options
    const into = new Float32Array(rowIndices.length * this.width)
    const rows = Int32Array.from({ length: rowIndices.length }, (_, row) => row)
    this.prepare(table, options).write({ rows, first, into })
    return into
  }

  /** Rows of `table`, looked up to be encoded as often as asked. Errors: those of `encode`. */
  prepare(table: Table, options: Omit<EncodeOptions, 'first'> = {}): PreparedRows {
    const { rowIndices = allRows(table), dequantiseSeed, partly } = options
    const chosen = takeRows({ ...table, columns: this.#find(table, partly !== undefined) }, rowIndices)
    const isUnknown = ({ gaps }: ColumnEncoding): boolean =>
      partly === undefined ? this.gaps === 'unknown' : !(partly.gapsAreValues && gaps)
    const encodings = new Map(this.columns.map((column) => [column.name, column]))
    requireEncodable(chosen, rowIndices, (column, row) => {
      const encoding = encodings.get(column.name)!
      return (isUnknown(encoding) && isGap(column, row)) || encoding.canEncode(column, row)
    })
    const byName = new Map(chosen.columns.map((column) => [column.name, column]))
    const columns: PlacedColumn[] = []
    this.#eachColumn((column, offset) => {
      const { name } = column
      if (column.width === 0) return
      const noise = dequantiseSeed === undefined ? undefined : columnNoise({ seed: dequantiseSeed, name })
      const own = byName.get(name)
      const prepared = own && !isUnknown(column) ? column.prepare(own) : preparedAroundGaps(column, own)
      columns.push({ prepared, offset, noise })
    })
    return new PreparedRows(columns, this.width)
  }

  /**
   * The table that `count` codes stand for: x [n, width] → the columns fitted to, in their order.
   *
   * first, seed: which rows these are, by which identifiers are counted and what is invented is drawn; 0 unless given.
   */
  decode(
    x: Float32Array,
    count: number,
    { source = 'decoded', first = 0, seed = 0 }: DecodeOptions = {},
  ): Table {
    requireSize(x, count, this.width)
    const columns: Column[] = []
    this.#eachColumn((column, offset) => {
      columns.push(column.decode(this.#block(x, count, column, offset), count, { first, seed }))
    })
    const table = withValidDays({ rowCount: count, columns, source }, this.days)
    if (this.rules.length === 0) return table
    return keepRules(table, this.rules, new Set(columnsComputed(this.columns)))
  }

  /** `table` with one word for all words of a column that are not known one by one, as the model sees them. */
  pooled(table: Table): Table {
    const pools = new Map(this.columns.flatMap(({ name, pool }) => (pool ? [[name, pool]] : [])))
    if (pools.size === 0) return table
    return { ...table, columns: table.columns.map((column) => pools.get(column.name)?.(column) ?? column) }
  }

  /** The rules that rows of `table` break, which no row does that the model can make. */
  brokenRules(table: Table): BrokenRule[] {
    return brokenRules(table, this.rules)
  }

  /** What can come out of the column `name`; undefined where that is not known. */
  outcomes(name: string): Outcomes | undefined {
    const { rules, days } = this
    return outcomesInTable(name, this.columns, { rules, moved: days.map(({ day }) => day) })
  }

  /** Where the coordinates of the column `name` lie in a code; undefined for a column that is not modelled. */
  columnRange(name: string): { readonly offset: number; readonly width: number } | undefined {
    let found: { offset: number; width: number } | undefined
    this.#eachColumn((column, offset) => {
      if (column.name === name && column.width > 0) found = { offset, width: column.width }
    })
    return found
  }

  /**
   * Σ log(resolution) over the values of each row that are dequantised, [n], nats: log-density + this is the log-probability of
   * the row's cell, where every column is discrete (`isDiscrete`). x: [n, width].
   */
  logCells(x: Float32Array, count: number): Float64Array {
    return this.#sumOfColumns(x, count, (column, block) => column.logCells(block, count))
  }

  /** Whether every modelled column is of words, masses or numbers on a grid, so that a row has a probability. */
  get isDiscrete(): boolean {
    return this.columns.every(({ width, discrete }) => width === 0 || discrete)
  }

  /** Those of `rowIndices` (all, if left out) that `encode` accepts: no gap and no word where training saw none. */
  encodableRows(table: Table, rowIndices: Int32Array = allRows(table)): Int32Array {
    const columns = this.#find(table)
    const encodings = this.#modelled
    return rowIndices.filter((row) => columns.every((column, k) => encodings[k]!.canEncode(column, row)))
  }

  /** Those of `rowIndices` (all, if left out) that there is something to learn of: where gaps are unknown, a row may have some. */
  learnableRows(table: Table, rowIndices: Int32Array = allRows(table)): Int32Array {
    if (this.gaps === 'values') return this.encodableRows(table, rowIndices)
    const columns = this.#find(table)
    const encodings = this.#modelled
    return rowIndices.filter(
      (row) =>
        columns.every((column, k) => canEncodeOrIsGap(encodings[k]!, column, row)) &&
        !columns.every((column) => isGap(column, row)),
    )
  }

  /** Σ_columns log |d encoded / d value| at each of `count` codes, [n], in nats: x [n, width]; over these columns, all unless given. */
  logDeterminant(x: Float32Array, count: number, names?: ReadonlySet<string>): Float64Array {
    return this.#sumOfColumns(x, count, (column, block) =>
      !names || names.has(column.name) ? column.logDerivative(block, count) : new Float64Array(count),
    )
  }

  #sumOfColumns(
    x: Float32Array,
    count: number,
    termsOf: (column: ColumnEncoding, block: Float64Array) => Float64Array,
  ): Float64Array {
    requireSize(x, count, this.width)
    const sum = new Float64Array(count)
    this.#eachColumn((column, offset) => {
      const terms = termsOf(column, this.#block(x, count, column, offset))
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

  get #modelled(): ColumnEncoding[] {
    return this.columns.filter(({ width }) => width > 0)
  }

  /** The columns of `table` that are modelled; see `findColumns`. */
  #find(table: Table, some = false): Column[] {
    return findColumns(table, this.#modelled, some)
  }
}

function columnsComputed(columns: readonly ColumnEncoding[]): string[] {
  return columns.filter(({ computed }) => computed).map(({ name }) => name)
}
