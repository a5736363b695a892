import { type Column, columnWords, type Table } from '../../data/index.ts'
import type { MixedRows } from '../statistics/mixed-rows.ts'
import { columnNamed } from '../views.ts'
import type { CellHashes } from './cell-hashes.ts'

/** How far apart rows are: in which unit a column's numbers are, and how far beside all others a gap stands, at their mean. */
export interface Measure {
  readonly power: 1 | 2
  readonly unit: (values: Float64Array) => number
  readonly gap: number
}

/**
 * The distances of `distanceViewer`, squared: numbers in standard deviations, a gap at the mean and 1/√2 beside all that are
 * none, two different words at distance 1.
 */
export const inDeviations: Measure = { power: 2, unit: deviationOf, gap: Math.SQRT1_2 }

/**
 * Half the distance to the closest record as papers have it: the sum of differences, of numbers over their range, of words one
 * column each, so that two different ones are 2 apart; likewise a gap beside a number. Zhang et al. 2024 (TabSyn).
 */
export const overRange: Measure = { power: 1, unit: (values) => 2 * rangeOf(values), gap: 1 }

/**
 * Brings tables to numbers and codes whose distances are those of a measure; its units are those of the table fitted to. Every word
 * counts, however rare: what only one row has gives it away.
 */
export class MixedScale {
  private readonly measure: Measure
  private readonly numbers: readonly { name: string; mean: number; unit: number; gaps: boolean }[]
  private readonly words: readonly { name: string; codes: ReadonlyMap<string | null, number> }[]

  /** fitted: what units are of. known: all tables whose words are told apart; others are equal among themselves. */
  constructor(
    fitted: Table,
    known: readonly Table[],
    names: readonly string[],
    measure: Measure = inDeviations,
  ) {
    this.measure = measure
    const isNumber = (name: string): boolean => columnNamed(fitted, name).kind === 'number'
    this.numbers = names.filter(isNumber).map((name) => ({
      name,
      mean: meanOf(numbersOf(columnNamed(fitted, name))),
      unit: measure.unit(numbersOf(columnNamed(fitted, name))),
      gaps: known.some((table) => numbersOf(columnNamed(table, name)).some(Number.isNaN)),
    }))
    this.words = names
      .filter((name) => !isNumber(name))
      .map((name) => {
        const codes = new Map<string | null, number>()
        for (const table of known)
          for (const word of columnWords(columnNamed(table, name)))
            if (!codes.has(word)) codes.set(word, codes.size)
        return { name, codes }
      })
  }

  /** Numbers a row. */
  get numberWidth(): number {
    return this.numbers.reduce((width, { gaps }) => width + (gaps ? 2 : 1), 0)
  }

  /** Codes a row. */
  get codeWidth(): number {
    return this.words.length
  }

  /** Writes the rows of a table from row `first` of `into` on. */
  write(table: Table, { lows, highs }: CellHashes, into: MixedRows, first: number): void {
    let at = 0
    for (const { name, mean, unit, gaps } of this.numbers) {
      const values = numbersOf(columnNamed(table, name))
      for (let row = 0; row < table.rowCount; row++) {
        const value = values[row]!
        const place = (first + row) * into.numberWidth + at
        into.numbers[place] = Number.isNaN(value) ? 0 : (value - mean) / unit
        if (gaps) into.numbers[place + 1] = Number.isNaN(value) ? this.measure.gap : 0
      }
      at += gaps ? 2 : 1
    }
    this.words.forEach(({ name, codes }, k) => {
      const words = columnWords(columnNamed(table, name))
      for (let row = 0; row < table.rowCount; row++)
        into.codes[(first + row) * into.codeWidth + k] = codes.get(words[row]!) ?? -1
    })
    into.lows.set(lows, first)
    into.highs.set(highs, first)
  }

  /** Room for so many rows. */
  room(count: number): MixedRows {
    const { numberWidth, codeWidth } = this
    return {
      power: this.measure.power,
      count,
      numbers: new Float64Array(count * numberWidth),
      numberWidth,
      codes: new Int32Array(count * codeWidth),
      codeWidth,
      lows: new Uint32Array(count),
      highs: new Uint32Array(count),
    }
  }

  /** The rows of a table. */
  rowsOf(table: Table, hashes: CellHashes): MixedRows {
    const rows = this.room(table.rowCount)
    this.write(table, hashes, rows, 0)
    return rows
  }
}

/** The numbers of a column; of one of words, what words can be read as numbers. */
function numbersOf(column: Column): Float64Array {
  return column.kind === 'number'
    ? column.values
    : Float64Array.from(column.values, (word) => (word === null ? Number.NaN : Number(word)))
}

function meanOf(values: Float64Array): number {
  const filled = values.filter((value) => !Number.isNaN(value))
  return filled.reduce((sum, value) => sum + value / filled.length, 0)
}

/** The standard deviation of the values that are none of the gaps; 1 where they do not vary. */
function deviationOf(values: Float64Array): number {
  const mean = meanOf(values)
  const filled = values.filter((value) => !Number.isNaN(value))
  // Divided first, so that squares of large numbers stay finite.
  const size = filled.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0)
  // Below this share of its size, a spread is the rounding of the mean.
  if (!(size > 1e-14 * Math.abs(mean))) return 1
  const variance = filled.reduce((sum, value) => sum + ((value - mean) / size) ** 2 / filled.length, 0)
  return size * Math.sqrt(variance)
}

/** The largest value minus the least, gaps apart; 1 where they do not vary. */
function rangeOf(values: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  return most > least ? most - least : 1
}
