import { BoxTree, Neighbours } from '../statistics/box-tree.ts'
import type { MixedRows } from '../statistics/mixed-rows.ts'
import type { TablePair } from '../table-metric.ts'
import { type PairedColumn, pairedColumns } from './paired-columns.ts'

/** What α-precision and β-recall are made of. Distances in a space where numbers are 0 … 1 and a word is one column. */
export interface PrecisionSpace {
  /** From each real row to the mean of the real rows, [n]. */
  readonly realToCentre: Float64Array
  /** From each made row to the mean of the real rows, [m]. */
  readonly madeToCentre: Float64Array
  /** Whether the nearest made row is at most as far as the nearest other real row, of each real row, [n]. */
  readonly isMet: Uint8Array
  /** From the made row that is nearest to each real row to the mean of the made rows, [n]. */
  readonly nearestToMadeCentre: Float64Array
}

const spaces = new WeakMap<TablePair, PrecisionSpace>()

/** The same for both metrics of a pair; computed once. */
export function precisionSpace(pair: TablePair): PrecisionSpace {
  const known = spaces.get(pair)
  if (known) return known
  const columns = pairedColumns(pair)
  const real = mixedRows(columns, 'reference', pair.reference.rowCount)
  const made = mixedRows(columns, 'candidate', pair.candidate.rowCount)
  const toReal = search(real, real, 2)
  const toMade = search(made, real, 1)
  const madeToOwnCentre = distancesToCentre(made, made)
  const space = {
    realToCentre: distancesToCentre(real, real),
    madeToCentre: distancesToCentre(made, real),
    isMet: Uint8Array.from(toMade.apart, (distance, row) => (distance <= toAnother(toReal, row) ? 1 : 0)),
    nearestToMadeCentre: Float64Array.from(toMade.lows, (row) => madeToOwnCentre[row]!),
  }
  spaces.set(pair, space)
  return space
}

/** The `most` rows of `among` that are nearest to each row of `of`, called by their places. */
function search(among: MixedRows, of: MixedRows, most: number): Neighbours {
  const found = new Neighbours(of, most, { countsTies: false })
  new BoxTree(among).search(found)
  return found
}

/** The distance of a row to the nearest of two that is not the row itself. */
function toAnother({ apart, lows }: Neighbours, row: number): number {
  return lows[2 * row] === row ? apart[2 * row + 1]! : apart[2 * row]!
}

/** One column a word puts two different words √2 apart; here they are 1 apart, and numbers as much nearer. */
const unit = Math.SQRT1_2

/** Numbers over the reference's range, a gap at its mean; words as codes, and a gap of a number as a word of its own. */
function mixedRows(
  columns: readonly PairedColumn[],
  side: 'reference' | 'candidate',
  count: number,
): MixedRows {
  const numbers = columns.filter((column) => column.kind === 'number')
  const words = columns.flatMap((column) => {
    if (column.kind === 'text') return [column[side]]
    const isGap = (values: Float64Array): boolean => values.some(Number.isNaN)
    if (!isGap(column.reference) && !isGap(column.candidate)) return []
    return [Int32Array.from(column[side], (value) => (Number.isNaN(value) ? 1 : 0))]
  })
  const values = new Float64Array(count * numbers.length)
  numbers.forEach((column, k) => {
    const { mean, low, width } = rangeOf(column.reference)
    for (let row = 0; row < count; row++) {
      const value = column[side][row]!
      values[row * numbers.length + k] = ((Number.isNaN(value) ? mean : value) - low) * (unit / width)
    }
  })
  const codes = new Int32Array(count * words.length)
  words.forEach((column, k) => {
    for (let row = 0; row < count; row++) codes[row * words.length + k] = column[row]!
  })
  return {
    power: 2,
    count,
    numbers: values,
    numberWidth: numbers.length,
    codes,
    codeWidth: words.length,
    // Each row is one of its own, however equal to others.
    lows: Uint32Array.from({ length: count }, (_, row) => row),
    highs: new Uint32Array(count),
  }
}

function rangeOf(values: Float64Array): { mean: number; low: number; width: number } {
  const filled = values.filter((value) => !Number.isNaN(value))
  if (filled.length === 0) return { mean: 0, low: 0, width: 1 }
  const low = filled.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = filled.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const mean = filled.reduce((sum, value) => sum + value / filled.length, 0)
  return { mean, low, width: high > low ? high - low : 1 }
}

/** From each row to the mean of `of`, a word being a column that is 1 for it: Σ (x − x̄)² + Σ (1 − 2p_w + Σ p²). */
function distancesToCentre(rows: MixedRows, of: MixedRows): Float64Array {
  const { numberWidth, codeWidth } = rows
  const means = new Float64Array(numberWidth)
  for (let k = 0; k < of.numbers.length; k++) means[k % numberWidth]! += of.numbers[k]! / of.count
  const shares = Array.from({ length: codeWidth }, () => new Map<number, number>())
  for (let k = 0; k < of.codes.length; k++) {
    const column = shares[k % codeWidth]!
    column.set(of.codes[k]!, (column.get(of.codes[k]!) ?? 0) + 1 / of.count)
  }
  const squares = shares.map((column) => [...column.values()].reduce((sum, share) => sum + share * share, 0))
  return Float64Array.from({ length: rows.count }, (_, row) => {
    let sum = 0
    for (let k = 0; k < numberWidth; k++)
      sum += ((rows.numbers[row * numberWidth + k]! - means[k]!) / unit) ** 2
    for (let k = 0; k < codeWidth; k++)
      sum += 1 - 2 * (shares[k]!.get(rows.codes[row * codeWidth + k]!) ?? 0) + squares[k]!
    return Math.sqrt(Math.max(0, sum))
  })
}
