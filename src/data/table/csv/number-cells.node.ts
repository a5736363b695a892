import type { DuckDBConnection } from '@duckdb/node-api'
import { firstRow } from '../loaded.node.ts'
import type { CsvOptions } from './csv.node.ts'

/** How a column of numbers is taken: as float64, or as text where that would lose digits. */
export interface NumberCells {
  readonly sql: string
  /** The type of numbers that are held as text. */
  readonly type?: string
  /** Digits after the point that every cell is written with. */
  readonly places?: number
}

/** A cell that is a number, in RE2's letters: digits with a point, perhaps an exponent; or hexadecimal digits. */
export function numberPattern({ decimalSeparator = '.' }: CsvOptions): string {
  const point = `[${decimalSeparator}]`
  return `[+-]?(\\d+${point}?\\d*|${point}\\d+)([eE][+-]?\\d+)?|0[xX][0-9a-fA-F]{1,15}`
}

/** So many significant digits float64 holds, whatever they are. */
const safeDigits = 15
/** A column of text whose filled cells are all numbers. */
export interface NumberText {
  readonly name: string
  /** SQL of a cell's text, null for a gap. */
  readonly cell: string
  readonly facts: NumberFacts
}

/** How the cells of a column that are numbers are written: counts of cells, and lengths in characters. */
export interface NumberFacts {
  readonly numbers: number
  readonly codes: number
  readonly hexadecimal: number
  readonly whole: number
  readonly withExponent: number
  readonly leastPlaces: number
  readonly mostPlaces: number
  readonly longest: number
}

/** SQL of the facts about the cells for which `isNumber` holds, for `eachColumn`; `numberFacts` reads them. */
export function numberTerms(isNumber: string, { decimalSeparator: point = '.' }: CsvOptions): string[] {
  const bare = 'trim(cell)'
  const places = `if(contains(${bare}, '${point}'), length(${bare}) - strpos(${bare}, '${point}'), 0)`
  const counts = [
    'true',
    ...['^[+-]?0\\d', '[xX]', '^[+-]?\\d+$', '[eE]'].map(
      (pattern) => `regexp_matches(${bare}, '${pattern}')`,
    ),
  ]
  return [
    ...counts.map((condition) => `count(*) filter (${isNumber} and ${condition})`),
    ...[`min(${places})`, `max(${places})`, `max(length(${bare}))`].map(
      (term) => `${term} filter (${isNumber})`,
    ),
  ]
}

/** The facts that `numberTerms` asks for. */
export function numberFacts(answer: readonly unknown[]): NumberFacts {
  const [numbers, codes, hexadecimal, whole, withExponent, leastPlaces, mostPlaces, longest] = answer.map(
    Number,
  ) as [number, number, number, number, number, number, number, number]
  return { numbers, codes, hexadecimal, whole, withExponent, leastPlaces, mostPlaces, longest }
}

/**
 * How the cells of a column are taken whose filled cells are all numbers; undefined for codes, with zeros in front, which
 * stay text.
 */
export async function numberCells(
  connection: DuckDBConnection,
  { name, cell, facts }: NumberText,
  { decimalSeparator: point = '.' }: CsvOptions,
  notes: string[],
): Promise<NumberCells | undefined> {
  const { numbers: filled, codes, hexadecimal, whole, longest } = facts
  if (codes > hexadecimal) return undefined
  if (hexadecimal > 0) {
    if (hexadecimal < filled) return undefined
    notes.push(
      `'${name}' is written in hexadecimal digits; its numbers are read, and written in decimal ones.`,
    )
    return { sql: `(${cell})::bigint` }
  }
  if (whole === filled)
    return longest <= safeDigits ? { sql: `(${cell})::bigint` } : wholeNumbers(connection, name, cell, notes)
  const decimal = point === '.' ? cell : `replace(${cell}, '${point}', '.')`
  if (longest > safeDigits) {
    const exact = await manyDigits(connection, name, decimal, notes)
    if (exact) return exact
  }
  const { leastPlaces: places, mostPlaces, withExponent } = facts
  const isEven = withExponent === 0 && places === mostPlaces && places > 0
  return { sql: `(${decimal})::double`, ...(isEven ? { places } : {}) }
}

/** Integers of more than 15 digits: text where float64 does not hold them exactly. */
async function wholeNumbers(
  connection: DuckDBConnection,
  name: string,
  cell: string,
  notes: string[],
): Promise<NumberCells> {
  const value = `try_cast(cell as hugeint)`
  const [unread, lost, least, most] = await firstRow(
    connection,
    `select count_if(${value} is null), count_if(${value} is distinct from try_cast(${value}::double as hugeint)),
      min(${value})::varchar, max(${value})::varchar from (select ${cell} as cell from raw) where cell is not null`,
  )
  if (Number(unread) > 0) {
    notes.push(exactNote(name, Number(unread), 'more than 38 digits'))
    return { sql: cell, type: 'VARCHAR' }
  }
  const type = integerTypeOf(BigInt(String(least)), BigInt(String(most)))
  if (Number(lost) === 0) return { sql: `(${cell})::${type}` }
  notes.push(exactNote(name, Number(lost), type))
  return { sql: `(${cell})::hugeint::varchar`, type }
}

/** The narrowest of the usual types that holds integers from `least` to `most`. */
export function integerTypeOf(least: bigint, most: bigint): string {
  if (least >= -(2n ** 63n) && most < 2n ** 63n) return 'BIGINT'
  return least >= 0n && most < 2n ** 64n ? 'UBIGINT' : 'HUGEINT'
}

/** What is told of numbers that are kept as text. */
export function exactNote(name: string, count: number, type: string): string {
  return `'${name}' has ${count} ${count === 1 ? 'number' : 'numbers'} (${type}) with more digits than float64 holds; the column is kept exactly, as words. To learn it as numbers, cast it: --sql "select ${name}::double …".`
}

/** Fractions of more digits than float64 holds: codes, if they repeat, are text; measures are rounded, and that is told. */
async function manyDigits(
  connection: DuckDBConnection,
  name: string,
  cell: string,
  notes: string[],
): Promise<NumberCells | undefined> {
  const long = await connection.runAndReadAll(
    `select cell, count(*) from (select ${cell} as cell from raw)
     where length(regexp_replace(cell, '[^0-9]', '', 'g')) > ${safeDigits} group by cell`,
  )
  const lost = long
    .getRows()
    .filter(([text]) => !isExact(String(text)))
    .reduce((sum, [, count]) => sum + Number(count), 0)
  if (lost === 0) return undefined
  const [filled, distinct] = (
    await firstRow(
      connection,
      `select count(cell), count(distinct cell) from (select ${cell} as cell from raw)`,
    )
  ).map(Number) as [number, number]
  if (2 * distinct > filled) {
    notes.push(roundedNote(name, lost))
    return undefined
  }
  notes.push(exactNote(name, lost, 'decimals'))
  return { sql: cell, type: 'VARCHAR' }
}

/** What is told of numbers that are rounded. */
export function roundedNote(name: string, count: number): string {
  return `'${name}' has ${count} ${count === 1 ? 'number' : 'numbers'} with more digits than float64 holds, about 16; they were rounded.`
}

/** Whether a decimal number has no more digits than the float64 nearest to it prints. */
export function isExact(text: string): boolean {
  return significand(text) === significand(String(Number(text)))
}

/** The digits of a number without zeros at its ends. */
function significand(text: string): string {
  return text
    .replace(/e.*$/i, '')
    .replace(/\D/g, '')
    .replace(/^0+|0+$/g, '')
}
