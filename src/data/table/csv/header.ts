import type { TextRecord } from './records.ts'

/** Numbers, days, times, and what people put around them: digits, and no letters. */
const numberLike = /^[^\p{L}]*\d[^\p{L}]*$/u
const otherNumber = /^\s*[+-]?(?:[\d.,]+e[+-]?\d+|0x[\da-f]+)\s*$/i
/** Cells that say nothing of their column. */
export const neutral: RegExp = /^\s*(?:|\?|-|na|n\/a|nan|null|[+-]?inf(?:inity)?)\s*$/i
/** From this share of numbers on, a column is one of numbers that has some words. */
const mostly = 0.8

/**
 * Whether the first record names the columns of those below it.
 *
 * It does if some column has numbers below and no number there. It does not if all cells above numbers are numbers, too, unless
 * they are years in a row; nor if no column is of numbers and most of its cells occur below again.
 */
export function isHeader(records: readonly Pick<TextRecord, 'cells'>[]): boolean {
  const [first, ...below] = records
  let [named, numbered, mostlyNamed, again] = [0, 0, 0, 0]
  for (const [k, cell] of first!.cells.entries()) {
    const cells = below.flatMap(({ cells }) =>
      cells[k] === undefined || neutral.test(cells[k]) ? [] : [cells[k]],
    )
    const numbers = cells.filter(isNumberLike).length
    if (cells.length > 0 && numbers === cells.length) {
      if (isNumberLike(cell)) numbered++
      else if (!neutral.test(cell)) named++
    } else if (numbers >= mostly * cells.length && cells.length > 0 && !isNumberLike(cell)) mostlyNamed++
    if (cells.includes(cell)) again++
  }
  if (named > 0) return true
  if (numbered > 0) return again === 0 && isYears(first!.cells)
  if (mostlyNamed > 0) return true
  if (below.length === 0) return !first!.cells.some(isNumberLike)
  return 2 * again < first!.cells.length
}

/** Whether the numbers among the cells are years, one after the other: names of columns, though they are numbers. */
function isYears(cells: readonly string[]): boolean {
  const numbers = cells.filter(isNumberLike).map(Number)
  return (
    numbers.length >= 2 &&
    numbers.length < cells.length &&
    numbers.every((year, k) => year > 1800 && year < 2200 && (k === 0 || year === numbers[k - 1]! + 1))
  )
}

/** Whether a cell is a number, a day or a time, dressed or not. */
export function isNumberLike(cell: string): boolean {
  return numberLike.test(cell) || otherNumber.test(cell)
}
