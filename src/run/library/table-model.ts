import { ScorefieldError } from '../../base/index.ts'
import {
  asKnown,
  type Cell,
  isGapCell,
  knownColumns,
  objectsOf,
  type RowObject,
  type Table,
  type TableEncoding,
  tableOfObjects,
} from '../../data/index.ts'
import { drawAll, type LikelihoodAsked, type LogDensities } from '../../sampling/index.ts'
import type { TableDescription } from '../data/table-description.ts'
import { partLogDensity } from '../experiment/part-density.ts'
import { sampleGiven } from '../experiment/sample-given.ts'
import {
  allDraws,
  bestFilling,
  type ImputeOptions,
  imputeTable,
  intervalOf,
  usualDraws,
} from '../impute/index.ts'
import { checkedDraw, type DrawRows } from './draw-options.ts'
import { type GivenRows, givenCells, withCells } from './given-cells.ts'
import { LearnedModel, type LearnedParts } from './learned-model.ts'
import { encodedPart, type PartOfRows, requireLearned } from './part-rows.ts'

/** How rows are drawn of a table's model. */
export interface DrawTableRows extends DrawRows {
  /** Keeps the rows of which it says true. */
  readonly where?: ((row: Record<string, Cell>) => boolean) | undefined
  /** Cells that are given: of all rows, or of each. */
  readonly given?: GivenRows | undefined
}

/** Rows drawn between two looks at a condition. */
const lookRows = 1024
/** Rows drawn before a condition is given up that fewer than one in `rarest` fulfil. */
const mostVain = 100_000
const rarest = 5000

/**
 * A model of rows with columns of any kind, as `fitTable` gives it: rows go in as objects and come out as objects.
 *
 * Numbers come back with the decimals of the data, words as those of the data, dates as `Date` where they were such.
 */
export class TableModel extends LearnedModel {
  declare readonly description: TableDescription
  declare readonly encoding: TableEncoding

  constructor(
    parts: LearnedParts & { readonly description: TableDescription; readonly encoding: TableEncoding },
  ) {
    super(parts)
  }

  /** Names of the columns of the data. */
  get columns(): readonly string[] {
    return this.description.columns.map(({ name }) => name)
  }

  /**
   * New rows. Row i is a function of (seed, i) only; with `where`, of the condition too: rows are drawn, and those that fulfil
   * it are kept, so that they follow the model's own conditional distribution exactly.
   *
   * given: cells of all rows, or of each, of a model that was trained with `conditions`: one walk a row gives the others. null is a
   * gap, of a column that has gaps as a value. guidance: more than typical of what is given (`Guidance`).
   * @throws ScorefieldError `usage/options`, `usage/given`, `data/unknown-category`, `sampling/condition-too-rare` where fewer than
   * 1 row in 5,000 fulfils the condition.
   */
  async sample(options: DrawTableRows): Promise<Record<string, Cell>[]> {
    return objectsOf(await this.sampleTable(options))
  }

  /** The same rows as a table, column by column. */
  async sampleTable(options: DrawTableRows): Promise<Table> {
    this.requireAlive()
    const checked = checkedDraw(options, this.config.sampling, ['where', 'given'])
    const { where, given, ...draw } = checked
    if (given !== undefined) return this.sampleGiven(options, draw)
    if (where === undefined) {
      const points = await this.fitted.sample(draw)
      return this.decoded(points, draw.count, { first: draw.first ?? 0, seed: draw.seed ?? 0 })
    }
    if (typeof where !== 'function')
      throw new ScorefieldError({
        kind: 'usage',
        code: 'usage/options',
        message: 'where must be a function of a row that says whether it is kept.',
        hint: 'For example where: (row) => row.age > 30.',
      })
    return this.sampleWhere(draw, where as (row: Record<string, Cell>) => boolean)
  }

  /**
   * log p of each row, nats, in the units of the data; NaN where the model cannot take a row, because a value is missing that it
   * never saw missing, or a word is not known. standardError: of estimates and of the flow's solver. See `TableEncoding` for what a density of words and rounded numbers is.
   *
   * of: the columns whose density is asked, the others integrated out. given: cells, or names of columns, that it is conditioned on.
   * `{ of: ['price'], given: ['colour'] }` is log p(price | colour). An autoregressive model gives it exactly, where its order begins with
   * the given columns and goes on with the asked ones; a model that was trained with `conditions`, by its flow.
   * @throws ScorefieldError `data/rows`, `data/missing-column`, `data/column-kind`, `family/cannot`; with of or given also `usage/options`,
   * `data/unknown-category`, and `sampling/part-density` where the model cannot, with what it can.
   */
  async logDensity(
    rows: readonly RowObject[],
    options: Omit<LikelihoodAsked, 'conditions'> & PartOfRows & { readonly by?: string | undefined } = {},
  ): Promise<Pick<LogDensities, 'logDensity' | 'standardError'>> {
    this.requireAlive()
    const { of, given, ...how } = options
    how.signal?.throwIfAborted()
    if (of !== undefined || given !== undefined) return this.partLogDensity(rows, { of, given }, how)
    const { table } = tableOfObjects(rows)
    const known = asKnown(table, knownColumns(this.encoding))
    const taken = this.encoding.encodableRows(known)
    const points = this.encoding.encode(known, { rowIndices: taken })
    const found = await this.fitted.logDensity(points, how)
    return this.inUnits(rows.length, [...taken], found, this.encoding.logDeterminant(points, taken.length))
  }

  private async partLogDensity(
    rows: readonly RowObject[],
    part: PartOfRows,
    { method, trace, signal, onProgress }: Omit<LikelihoodAsked, 'conditions'>,
  ): Promise<Pick<LogDensities, 'logDensity' | 'standardError'>> {
    const { encoding, fitted } = this
    const { x, complete, names, ...places } = encodedPart(rows, part, encoding)
    requireLearned({ encoding, fitted, mayBeGiven: this.config.model.conditions ?? [] }, places)
    const width = encoding.width
    const points = new Float32Array(complete.length * width)
    complete.forEach((row, i) => {
      points.set(x.subarray(row * width, (row + 1) * width), i * width)
    })
    const found = await partLogDensity(fitted, points, { ...places, method, trace, signal, onProgress })
    const change = encoding.logDeterminant(points, complete.length, names)
    return this.inUnits(rows.length, complete, found, change)
  }

  /** The log-densities of the rows that were taken, in the units of the data. */
  private inUnits(
    count: number,
    taken: readonly number[],
    found: LogDensities,
    change: Float64Array,
  ): Pick<LogDensities, 'logDensity' | 'standardError'> {
    const result = {
      logDensity: new Float64Array(count).fill(Number.NaN),
      standardError: new Float64Array(count).fill(Number.NaN),
    }
    taken.forEach((row, i) => {
      result.logDensity[row] = found.logDensity[i]! + change[i]!
      result.standardError[row] = Math.hypot(found.standardError[i]!, found.solverError[i]!)
    })
    return result
  }

  /**
   * The rows with their gaps filled: each by the median of its draws, or the most frequent word. Cells that are there are returned as they
   * are. With `interval` NAME_low and NAME_high stand beside each column of numbers that had gaps; with `multiple` all draws are returned,
   * one filled set of rows after the other, with their number as `draw`.
   *
   * What is filled is drawn given the cells of the row that are there, `draws` times; see `ImputeOptions`. `onNote` is told what a person
   * should know.
   * @throws ScorefieldError `usage/options`, `usage/interval`, `data/rows`, `data/missing-column`, `data/column-kind`, `family/cannot`.
   */
  async impute(
    rows: readonly RowObject[],
    options: ImputeOptions & {
      readonly interval?: number | undefined
      readonly multiple?: boolean | undefined
      readonly onNote?: ((sentence: string) => void) | undefined
    } = {},
  ): Promise<Record<string, Cell>[]> {
    this.requireAlive()
    const { interval, multiple = false, onNote, ...how } = options
    if (interval !== undefined) intervalOf(interval, how.draws ?? usualDraws)
    const { encoding, fitted } = this
    const { table } = tableOfObjects(rows)
    const mayBeGiven = this.config.model.conditions
    const found = await imputeTable({ encoding, fitted, mayBeGiven }, table, how)
    for (const note of found.notes) onNote?.(note)
    const filled = multiple ? allDraws(found, encoding) : bestFilling(found, encoding, { interval })
    return objectsOf(filled).map((made, i) => {
      const own = Object.entries(rows[i % rows.length]!).filter(([, cell]) => !isGapCell(cell))
      return { ...made, ...Object.fromEntries(own) }
    })
  }

  private async sampleGiven({ given, where }: DrawTableRows, draw: DrawRows): Promise<Table> {
    if (where !== undefined)
      throw new ScorefieldError({
        kind: 'usage',
        code: 'usage/options',
        message: 'given and where do not go together.',
        hint: 'Draw with given, and keep the rows that you want.',
      })
    const { count, seed = 0, first = 0 } = draw
    const { encoding } = this
    const mayBeGiven = this.config.model.conditions ?? []
    const { known, cellOf } = givenCells(given!, { encoding, mayBeGiven, count, seed, first })
    const points = await sampleGiven(this.fitted, { ...draw, known })
    return withCells(this.decoded(points, count, { first, seed }), cellOf)
  }

  private async sampleWhere(draw: DrawRows, where: (row: Record<string, Cell>) => boolean): Promise<Table> {
    const { count, seed = 0, first = 0, signal } = draw
    const sampler = await this.fitted.sampler(draw)
    const { dimension } = this.fitted
    const points = new Float32Array(count * dimension)
    let kept = 0
    let drawn = 0
    try {
      while (kept < count) {
        const batch = await drawAll(sampler, { seed, first: first + drawn, count: lookRows, signal })
        const rows = objectsOf(this.decoded(batch, lookRows, { first: first + drawn, seed }))
        for (let i = 0; i < lookRows && kept < count; i++)
          if (where(rows[i]!))
            points.set(batch.subarray(i * dimension, (i + 1) * dimension), kept++ * dimension)
        drawn += lookRows
        if (kept < count && drawn >= mostVain && kept < drawn / rarest)
          throw new ScorefieldError({
            kind: 'ability',
            code: 'sampling/condition-too-rare',
            message: `Of ${drawn} rows drawn, ${kept} fulfil the condition.`,
            hint: 'Loosen the condition, or train on rows that fulfil it.',
          })
      }
    } finally {
      await sampler.dispose()
    }
    // Identifiers and what is invented are counted anew, over the rows that are kept.
    return this.decoded(points, count, { first: 0, seed })
  }

  private decoded(points: Float32Array, count: number, origin: { first: number; seed: number }): Table {
    return this.encoding.decode(points, count, { source: `samples of ${this.name}`, ...origin })
  }
}
