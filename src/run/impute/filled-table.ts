import { ScorefieldError } from '../../base/index.ts'
import {
  type Column,
  inGaps,
  keepRules,
  type NumberColumn,
  type Table,
  type TableEncoding,
} from '../../data/index.ts'
import type { ColumnDraws } from './drawn-cells.ts'
import type { Imputation } from './impute-table.ts'

/**
 * The table with one filling of each gap: the median of its draws, or the most frequent word; with an interval also the columns NAME_low
 * and NAME_high beside each column of numbers that had gaps.
 *
 * The median of an even number of draws is the one of the two middle draws that is nearer to their mean: a value that can be.
 * interval: the share of all draws of the model that lie between low and high, 0 < interval < 1; see `intervalOf`. Throws `usage/interval`.
 */
export function bestFilling(
  imputation: Imputation,
  encoding: TableEncoding,
  { interval }: { readonly interval?: number | undefined } = {},
): Table {
  const { draws, table } = imputation
  const ends = interval === undefined ? undefined : intervalOf(interval, draws)
  const filled = withCells(imputation, encoding, (column, place) => bestOf(column, place, draws))
  if (ends === undefined) return filled
  const byName = new Map(imputation.columns.map((column) => [column.name, column]))
  const columns = filled.columns.flatMap((column): Column[] => {
    const drawn = byName.get(column.name)
    if (drawn === undefined || drawn.values.kind === 'text' || column.kind === 'text') return [column]
    const bound = (at: number, suffix: string): NumberColumn => {
      const values = new Float64Array(table.rowCount).fill(Number.NaN)
      drawn.rows.forEach((row, place) => {
        values[row] = sortedDraws(drawn, place, draws)[at]!
      })
      return { ...column, name: freeName(`${column.name}_${suffix}`, filled), values }
    }
    return [column, bound(ends.low, 'low'), bound(ends.high, 'high')]
  })
  return { ...filled, columns }
}

/** The table with draw k of every gap, 0 ≤ k < K: one of several data sets for multiple imputation.  Rubin 1987. */
export function filledBy(imputation: Imputation, encoding: TableEncoding, k: number): Table {
  return withCells(imputation, encoding, ({ values }, place) => values.values[place * imputation.draws + k]!)
}

/** All draws, one filled table below the other, with a first column `draw` from 1 to K: what analyses of multiple imputations read. */
export function allDraws(imputation: Imputation, encoding: TableEncoding): Table {
  const tables = Array.from({ length: imputation.draws }, (_, k) => filledBy(imputation, encoding, k))
  const { rowCount, columns, source } = tables[0]!
  const count = rowCount * tables.length
  const stacked = columns.map((column, c): Column => {
    const parts = tables.map((table) => table.columns[c]!.values)
    if (column.kind === 'text') return { ...column, values: (parts as (string | null)[][]).flat() }
    const values = new Float64Array(count)
    parts.forEach((part, k) => {
      values.set(part as Float64Array, k * rowCount)
    })
    return { ...column, values }
  })
  const draw: NumberColumn = {
    kind: 'number',
    name: freeName('draw', tables[0]!),
    type: 'INTEGER',
    decimals: 0,
    values: Float64Array.from({ length: count }, (_, i) => 1 + Math.floor(i / rowCount)),
  }
  return { rowCount: count, columns: [draw, ...stacked], source }
}

/**
 * Which of K sorted draws are the ends of an interval: a draw of the model lies between the a-th and the (K + 1 − a)-th of K others with the
 * probability (K + 1 − 2a)/(K + 1), for the largest a with which it is at least `interval`.
 * Throws `usage/interval` where K draws are too few for it.
 */
export function intervalOf(interval: number, draws: number): { readonly low: number; readonly high: number } {
  const wrong = (message: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'usage', code: 'usage/interval', message, hint })
  if (!(interval > 0 && interval < 1))
    throw wrong(`The interval is ${interval}; it must lie between 0 and 1.`, 'For example 0.9.')
  // A share such as 0.9 is no exact number; what it means is.
  const outside = Math.floor(((1 - interval) * (draws + 1)) / 2 + 1e-9)
  const needed = Math.ceil(2 / (1 - interval) - 1 - 1e-9)
  if (outside < 1)
    throw wrong(
      `An interval of ${interval} cannot be told from ${draws} ${draws === 1 ? 'draw' : 'draws'}.`,
      `It needs ${needed} draws or more.`,
    )
  return { low: outside - 1, high: draws - outside }
}

/** The table with a value in each gap that was drawn; then what the rules say of these cells. */
function withCells(
  { table, columns }: Imputation,
  encoding: TableEncoding,
  pick: (column: ColumnDraws, place: number) => number | string | null,
): Table {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const filled: Table = {
    ...table,
    columns: table.columns.map((column): Column => {
      const drawn = byName.get(column.name)
      return drawn === undefined ? column : withValues(column, drawn, pick)
    }),
  }
  if (encoding.rules.length === 0) return filled
  // Only gaps are changed by rules: what was there stays.
  const computed = new Set(encoding.columns.flatMap(({ name, computed }) => (computed ? [name] : [])))
  const kept = keepRules(filled, encoding.rules, computed)
  return {
    ...filled,
    columns: table.columns.map((column, c) => {
      const made = inGaps(column, kept.columns[c]!).column
      return inGaps(made, filled.columns[c]!).column
    }),
  }
}

function withValues(
  column: Column,
  drawn: ColumnDraws,
  pick: (column: ColumnDraws, place: number) => number | string | null,
): Column {
  const own = column.kind === 'number' ? column.values.slice() : [...column.values]
  drawn.rows.forEach((row, place) => {
    const value = pick(drawn, place)
    if (column.kind === 'number') own[row] = value === null ? Number.NaN : Number(value)
    else
      own[row] = value === null || (typeof value === 'number' && Number.isNaN(value)) ? null : String(value)
  })
  if (column.kind === 'text') return { ...column, values: own as (string | null)[] }
  const decimals =
    drawn.values.kind === 'number' ? Math.max(column.decimals, drawn.values.decimals) : column.decimals
  return { ...column, values: own as Float64Array, decimals }
}

function bestOf(drawn: ColumnDraws, place: number, draws: number): number | string | null {
  if (drawn.values.kind === 'number') {
    const sorted = sortedDraws(drawn, place, draws)
    const [a, b] = [sorted[Math.floor((draws - 1) / 2)]!, sorted[Math.floor(draws / 2)]!]
    const mean = sorted.reduce((sum, value) => sum + value, 0) / draws
    return Math.abs(a - mean) <= Math.abs(b - mean) ? a : b
  }
  const counts = new Map<string | null, number>()
  const { values } = drawn.values
  let best = values[place * draws]!
  for (let k = 0; k < draws; k++) {
    const word = values[place * draws + k]!
    counts.set(word, (counts.get(word) ?? 0) + 1)
    if (counts.get(word)! > counts.get(best)!) best = word
  }
  return best
}

function sortedDraws({ values }: ColumnDraws, place: number, draws: number): Float64Array {
  return Float64Array.from(
    values.values.slice(place * draws, (place + 1) * draws) as ArrayLike<number>,
  ).sort()
}

/** A name that no column has. */
function freeName(name: string, { columns }: Table): string {
  let free = name
  for (let k = 2; columns.some((column) => column.name === free); k++) free = `${name}_${k}`
  return free
}
