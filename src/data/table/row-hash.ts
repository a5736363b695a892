import { ScorefieldError } from '../../base/index.ts'
import { pictureSums } from '../picture/picture-column.ts'
import type { Table } from './table.ts'

/** Cells of one column: float64 with NaN for a gap, or words with null. */
export type Cells = Float64Array | readonly (string | null)[]

/** A sum of 64-bit hashes, modulo 2³² in each half: low, high. */
export type HashSum = readonly [low: number, high: number]

/** What rows hash to, and each column's sum over them. */
export interface ContentHashes {
  /** [rowCount], whole numbers in [0, 2⁵³). */
  readonly rows: Float64Array
  /** By column, in the order given. */
  readonly columns: readonly HashSum[]
}

/**
 * A hash of each row's content, [rowCount], whole numbers in [0, 2⁵³): equal rows have equal ones, wherever they stand.
 *
 * Two rows are equal where their cells are, column by column, as words: the number 1 is the word "1", −0 is 0, and a gap is
 * equal to a gap only; pictures are equal where their pixels are. The order of the columns does not matter, their names do. Different rows share a hash with probability
 * 2⁻⁵³: among a million, one pair in 18,000 tables.
 *
 * names: the columns that count; all unless given. Throws `data/missing-column`.
 */
export function rowHashes(table: Table, names?: readonly string[]): Float64Array {
  return tableHashes(table, names).rows
}

/** The same, with each column's sum. */
export function tableHashes(table: Table, names?: readonly string[]): ContentHashes {
  const cellsByName = new Map<string, () => Cells>([
    ...table.columns.map(({ name, values }): [string, () => Cells] => [name, () => values]),
    ...(table.pictures ?? []).map((column): [string, () => Cells] => [
      column.name,
      () => pictureSums(column),
    ]),
  ])
  const columns = (names ?? [...cellsByName.keys()]).map((name) => {
    const cells = cellsByName.get(name)
    if (cells) return { name, cells: cells() }
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/missing-column',
      message: `${table.source} lacks '${name}'.`,
      where: table.source,
      hint: `It has: ${[...cellsByName.keys()].join(', ')}.`,
    })
  })
  return contentHashes(columns, table.rowCount)
}

/**
 * Hashes rows column by column: no row is ever put together.
 *
 * A cell's 64 bits are salted by its column's name and added up over the row, modulo 2³² in each half; then the sum is mixed.
 */
export function contentHashes(
  columns: readonly { readonly name: string; readonly cells: Cells }[],
  rowCount: number,
): ContentHashes {
  const low = new Uint32Array(rowCount)
  const high = new Uint32Array(rowCount)
  const sums = columns.map(({ name, cells }) => addCells(cells, wordsOfText(name), low, high))
  const rows = new Float64Array(rowCount)
  for (let row = 0; row < rowCount; row++) rows[row] = mixed53(low[row]!, high[row]!)
  return { rows, columns: sums }
}

/** The sum of two sums. */
export function addHashSums(a: HashSum, b: HashSum): HashSum {
  return [(a[0] + b[0]) >>> 0, (a[1] + b[1]) >>> 0]
}

/** A whole number in [0, 2⁵³) of 64 bits; salted, it is another hash of the same. */
export function mixed53(low: number, high: number, salt: HashSum = [0, 0]): number {
  const a = mix32(low ^ mix32(high ^ salt[0]))
  const b = mix32(high ^ mix32(a ^ salt[1]))
  return (b >>> 11) * 2 ** 32 + a
}

/** Adds each cell's hash to its row's; returns their sum. */
function addCells(cells: Cells, [saltLow, saltHigh]: HashSum, low: Uint32Array, high: Uint32Array): HashSum {
  let sumLow = 0
  let sumHigh = 0
  const isNumbers = cells instanceof Float64Array
  for (let row = 0; row < cells.length; row++) {
    if (isNumbers) readNumber(cells[row]!)
    else readWord(cells[row]!)
    const a = mix32(read[0]! ^ mix32(read[1]! ^ saltLow))
    const b = mix32(read[1]! ^ mix32(read[0]! ^ saltHigh))
    low[row]! += a
    high[row]! += b
    sumLow = (sumLow + a) >>> 0
    sumHigh = (sumHigh + b) >>> 0
  }
  return [sumLow, sumHigh]
}

/** The 64 bits of the cell that was read last; a place to write is faster than a pair to return. */
const read = new Uint32Array(2)
const bits = new DataView(new ArrayBuffer(8))

/** A number by its float64. Every gap is one NaN, and −0 + 0 is 0. */
function readNumber(value: number): void {
  if (Number.isNaN(value)) {
    read[0] = 0
    read[1] = 0x7ff80000
    return
  }
  bits.setFloat64(0, value + 0)
  read[0] = bits.getUint32(4)
  read[1] = bits.getUint32(0)
}

/** A word by its letters; one that is a number's shortest form is that number. */
function readWord(word: string | null): void {
  const number = word === null ? Number.NaN : numberWrittenAs(word)
  if (number !== undefined) readNumber(number)
  else [read[0], read[1]] = wordsOfText(word!)
}

/** The number whose shortest form is this word. */
function numberWrittenAs(word: string): number | undefined {
  const first = word.charCodeAt(0)
  // Most words are told by their first letter, which spares the attempt.
  if (!((first >= 48 && first <= 57) || first === 45)) return undefined
  const value = Number(word)
  return Number.isFinite(value) && String(value) === word ? value : undefined
}

/** 64 bits of a text, by its UTF-16 units: in each half h ← mix of (h ⊕ unit) by an odd factor of its own. */
function wordsOfText(text: string): HashSum {
  let low = 0x2545f491 ^ text.length
  let high = 0x6c62272e
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    low = Math.imul(low ^ unit, 0x9e3779b1)
    low ^= low >>> 15
    high = Math.imul(high ^ unit, 0x85ebca6b)
    high ^= high >>> 13
  }
  return [mix32(low), mix32(high)]
}

/** The bijection of 32-bit words that ends MurmurHash3 (Appleby 2011): every bit of it depends on every bit of the word. */
function mix32(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
