import type { ColumnWish } from '../encoding/fit-column.ts'
import { momentsOf } from '../encoding/moments.ts'
import { TableEncoding } from '../encoding/table-encoding.ts'
import { personalColumns } from '../personal/index.ts'
import { type Role, roleOf } from '../roles.ts'
import type { Rule } from '../rules/index.ts'
import { type Column, columnWords, isGap, type NumberColumn, rowKeys, type Table } from '../table.ts'

/** What a column's values are like, in the order in which a person would say it. */
export type Verdict =
  | 'continuous'
  | 'integer'
  | 'tied'
  | 'bounded'
  | 'long-tailed'
  | 'categorical'
  | 'boolean'
  | 'date'
  | 'time'
  | 'identifier'
  | 'personal'
  | 'constant'
  | 'free text'
  | 'empty'

/** What a column is to a model, with the reason. */
export interface ColumnInspection {
  readonly name: string
  readonly type: string
  readonly role: Role
  readonly verdict: Verdict
  readonly reason: string
  /** Rows without a value. */
  readonly gaps: number
  /** Different values. */
  readonly distinct: number
  /** Range of numbers, or the most frequent words with their shares. */
  readonly values: string
  /** How training would encode it, and why; absent where it would not. */
  readonly encoder?: string
  /** The kind of personal data that it holds; absent where it holds none. Its values are not told. */
  readonly personal?: string
  /** How it is computed from other columns; absent where it is not. */
  readonly computed?: string
}

/** What a table is to a model: its columns, repeated rows, what a person might do. */
export interface TableInspection {
  readonly rowCount: number
  readonly columns: readonly ColumnInspection[]
  /** Rows that equal an earlier row in every column. */
  readonly duplicateRows: number
  /** What a person might do, one sentence each. */
  readonly suggestions: readonly string[]
}

/** Share of one value from which a column of numbers counts as tied, if it is three times what each would have, too. */
const tiedShare = 0.3
/** Share of rows at the least or largest value from which a column counts as bounded there. */
const boundShare = 0.02
/** Skewness or excess kurtosis of a long tail. */
const longTail = { skewness: 2, excessKurtosis: 6 } as const
const booleanWords = /^(true|false|yes|no|y|n|t|f|0|1)$/i

/** Says of every column what it is and what training would make of it. columns, rules: as `TableEncoding.fit` takes them. */
export function inspectTable(
  table: Table,
  options: {
    readonly columns?: Readonly<Record<string, ColumnWish>>
    readonly rules?: readonly Rule[]
  } = {},
): TableInspection {
  const encoders = encodersOf(table, options)
  const personal = personalColumns(table)
  const columns = table.columns.map((column) => {
    const inspected = inspectColumn(column, encoders.get(column.name))
    const found = personal.get(column.name)
    if (found === undefined || options.columns?.[column.name]?.personal === 'keep') return inspected
    const { encoder: _, ...known } = inspected
    const { kind, reason } = found
    return { ...known, verdict: 'personal' as const, personal: kind.name, reason, values: kind.what }
  })
  const duplicateRows = table.rowCount - new Set(rowKeys(table)).size
  return {
    rowCount: table.rowCount,
    columns,
    duplicateRows,
    suggestions: suggestionsFor(table, columns, duplicateRows),
  }
}

/** How each column would be encoded; nothing where the table cannot be learned at all. */
function encodersOf(
  table: Table,
  options: Parameters<typeof inspectTable>[1],
): Map<string, { readonly encoder: string; readonly reason?: string } | { readonly computed: string }> {
  try {
    const { encoding } = TableEncoding.fit({ table, ...options })
    return new Map(
      encoding.columns
        .filter(({ width, computed }) => width > 0 || computed)
        .map(({ name, encoder, width, reason, computed, pool }) => [
          name,
          computed
            ? { computed: reason }
            : {
                encoder: `${encoder}, ${width} ${width === 1 ? 'number' : 'numbers'} (${reason})`,
                ...(pool ? { reason } : {}),
              },
        ]),
    )
  } catch {
    // `train` says why; here the columns are still worth looking at.
    return new Map()
  }
}

function inspectColumn(
  column: Column,
  encoded: { readonly encoder: string; readonly reason?: string } | { readonly computed: string } | undefined,
): ColumnInspection {
  const { role, reason } = roleOf(column)
  const words = columnWords(column)
  const counts = new Map<string, number>()
  for (const word of words) if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1)
  const gaps = words.reduce((sum, word) => sum + (word === null ? 1 : 0), 0)
  const judged =
    column.kind === 'number' && role === 'number'
      ? judgeNumbers(column, counts)
      : { verdict: verdictOf(role, counts), reason }
  return {
    name: column.name,
    type: column.type,
    role,
    ...judged,
    gaps,
    distinct: counts.size,
    values: describeValues(column, role, counts),
    ...encoded,
  }
}

function verdictOf(role: Role, counts: ReadonlyMap<string, number>): Verdict {
  if (role === 'category')
    return counts.size === 2 && [...counts.keys()].every((word) => booleanWords.test(word))
      ? 'boolean'
      : 'categorical'
  return role === 'text' ? 'free text' : role === 'number' ? 'continuous' : role
}

function judgeNumbers(
  { values, decimals, calendar }: NumberColumn,
  counts: ReadonlyMap<string, number>,
): { verdict: Verdict; reason: string } {
  const filled = values.filter((value) => !Number.isNaN(value))
  const count = filled.length
  if (calendar)
    return { verdict: calendar.unit === 'time' ? 'time' : 'date', reason: `written as ${calendar.format}` }
  if (counts.size === 2 && decimals === 0 && counts.has('0') && counts.has('1'))
    return { verdict: 'boolean', reason: 'only 0 and 1' }
  const [usual, most] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const [least, largest] = extremes(filled)
  const atEnd = Math.max(counts.get(String(least)) ?? 0, counts.get(String(largest)) ?? 0) / count
  const { skewness, excessKurtosis } = momentsOf(filled)
  if (most / count >= Math.max(tiedShare, 3 / counts.size))
    return { verdict: 'tied', reason: `${percent(most / count)} of its values are ${usual}` }
  if (atEnd >= boundShare && counts.size > 20) {
    const end = (counts.get(String(least)) ?? 0) / count === atEnd ? least : largest
    return {
      verdict: 'bounded',
      reason: `${percent(atEnd)} of its values are ${end}, its ${end === least ? 'least' : 'largest'}`,
    }
  }
  if (Math.abs(skewness) > longTail.skewness || excessKurtosis > longTail.excessKurtosis)
    return {
      verdict: 'long-tailed',
      reason: `skewness ${skewness.toFixed(1)}, excess kurtosis ${excessKurtosis.toFixed(1)}`,
    }
  if (decimals === 0) return { verdict: 'integer', reason: `whole numbers, ${counts.size} different ones` }
  return {
    verdict: 'continuous',
    reason: `up to ${decimals} ${decimals === 1 ? 'decimal' : 'decimals'}, ${counts.size} different values`,
  }
}

function extremes(values: Float64Array): [number, number] {
  let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > largest) largest = value
  }
  return [least, largest]
}

function describeValues(column: Column, role: Role, counts: ReadonlyMap<string, number>): string {
  if (counts.size === 0) return ''
  if (column.kind === 'number' && !column.calendar && role === 'number')
    return extremes(column.values).map(String).join(' to ')
  if (column.kind === 'number' && column.calendar) return `${counts.size} different moments`
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const first = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3)
  return first.map(([word, count]) => `${short(word)} ${((100 * count) / total).toFixed(0)} %`).join(', ')
}

function short(word: string): string {
  return word.length <= 20 ? word : `${word.slice(0, 19)}…`
}

/** Below so many rows a model has little to learn from. */
const fewRows = 200
/** Numbers that correlate more are one column twice. */
const sameCorrelation = 0.99999

function suggestionsFor(table: Table, columns: readonly ColumnInspection[], duplicates: number): string[] {
  const suggestions: string[] = []
  if (table.rowCount < fewRows)
    suggestions.push(`${table.rowCount} rows are few; learning becomes worthwhile from a few hundred.`)
  if (duplicates > 0)
    suggestions.push(`${duplicates} rows repeat an earlier row; equal rows are all learned or all held out.`)
  for (const { name, gaps, role } of columns)
    if (gaps > 0.5 * table.rowCount && role !== 'empty')
      suggestions.push(
        `'${name}' is empty in ${((100 * gaps) / table.rowCount).toFixed(0)} % of the rows; leave it out with "as": "skip" if it says nothing.`,
      )
  for (const { name, distinct, role } of columns)
    if (role === 'category' && distinct > 100)
      suggestions.push(
        `'${name}' has ${distinct} categories; fewer, coarser ones have more rows each to learn from.`,
      )
  const learned = new Set(columns.flatMap(({ name, encoder }) => (encoder === undefined ? [] : [name])))
  for (const [a, b] of sameColumns(table).filter((pair) => pair.every((name) => learned.has(name))))
    suggestions.push(
      `'${a}' and '${b}' are nearly the same column up to a factor; leave one out with "as": "skip".`,
    )
  return suggestions
}

/** Pairs of columns of numbers that are the same up to scale, of the first 60 columns. */
function sameColumns(table: Table): [string, string][] {
  const numbers = table.columns
    .filter((column): column is NumberColumn => column.kind === 'number' && roleOf(column).role === 'number')
    .slice(0, 60)
  const pairs: [string, string][] = []
  numbers.forEach((a, i) => {
    for (const b of numbers.slice(0, i)) {
      const rows = Array.from({ length: table.rowCount }, (_, row) => row).filter(
        (row) => !isGap(a, row) && !isGap(b, row),
      )
      if (rows.length > 10 && Math.abs(correlation(a.values, b.values, rows)) > sameCorrelation)
        pairs.push([b.name, a.name])
    }
  })
  return pairs
}

function correlation(a: Float64Array, b: Float64Array, rows: readonly number[]): number {
  // In units of the largest, so that squares neither overflow nor vanish.
  const deviations = (of: Float64Array): number[] => {
    const largest = rows.reduce((most, row) => Math.max(most, Math.abs(of[row]!)), 0) || 1
    const mean = rows.reduce((sum, row) => sum + of[row]! / largest / rows.length, 0)
    return rows.map((row) => of[row]! / largest - mean)
  }
  const [deviationsA, deviationsB] = [deviations(a), deviations(b)]
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < rows.length; i++) {
    const [da, db] = [deviationsA[i]!, deviationsB[i]!]
    ab += da * db
    aa += da * da
    bb += db * db
  }
  return ab / Math.sqrt(aa * bb)
}
