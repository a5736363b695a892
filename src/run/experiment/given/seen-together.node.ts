import { type Column, cellText, isGap, rowOfCells, type Table } from '../../../data/node.ts'
import { ScorefieldError } from '../../../engine/index.ts'
import type { OpenedModel } from '../open-model.node.ts'
import type { GivenCell } from './method.node.ts'

/** How far a number may be from one of the data, in deviations of its column, and count as seen. */
const near = 0.25

/**
 * A sentence where no row of the data has values as these together, with the nearest that one has; undefined where one has, where fewer than
 * two columns are given, or where the rows are not to be had any more. No other columns are read.
 *
 * Words and gaps must be equal, numbers within a quarter of their column's deviation. The nearest row is the one with the fewest
 * columns further away, and of those the least sum of distances.
 */
export async function neverTogether(
  opened: OpenedModel,
  given: readonly GivenCell[],
): Promise<string | undefined> {
  const columns = new Set(opened.columns)
  const cells = given.filter(({ name }) => columns.has(name))
  if (cells.length < 2) return undefined
  try {
    const names = cells.map(({ name }) => name)
    const table = await opened.data.columnsAgain?.(opened.run.config.data, names)
    return table && unseen(table, cells)
  } catch (error) {
    if (error instanceof ScorefieldError && error.kind === 'data') return undefined
    throw error
  }
}

/** The same of rows at hand. */
export function unseen(table: Table, cells: readonly GivenCell[]): string | undefined {
  const asked = rowOfCells(cells, table).columns
  const own = asked.map(({ name }) => table.columns.find((column) => column.name === name)!)
  const distances = own.map((column, k) => distanceTo(column, asked[k]!.values[0]!))
  let best = { row: -1, away: Number.POSITIVE_INFINITY, sum: Number.POSITIVE_INFINITY }
  for (let row = 0; row < table.rowCount && best.away > 0; row++) {
    let [away, sum] = [0, 0]
    for (const distance of distances) {
      const one = distance(row)
      sum += one
      if (one > near) away++
    }
    if (away < best.away || (away === best.away && sum < best.sum)) best = { row, away, sum }
  }
  if (best.row < 0 || best.away === 0) return undefined
  const told = (texts: readonly string[]): string =>
    cells.map(({ name }, k) => `${name} = ${texts[k] || 'a gap'}`).join(', ')
  const nearest = own.map((column) => (isGap(column, best.row) ? '' : cellText(column, best.row)))
  return `No row of the data has ${told(cells.map(({ text }) => text))} together, or nearly; the nearest has ${told(nearest)}. Nothing stands behind what is drawn.`
}

/** How far a row's cell is from a value: in deviations of a column of numbers; else 0, or 1 where it is another. */
function distanceTo(column: Column, value: number | string | null): (row: number) => number {
  if (value === null || Number.isNaN(value)) return (row) => (isGap(column, row) ? 0 : 1)
  if (column.kind === 'text') return (row) => (column.values[row] === value ? 0 : 1)
  const { values } = column
  let [count, sum, squares] = [0, 0, 0]
  for (const one of values) {
    if (Number.isNaN(one)) continue
    count++
    sum += one
    squares += one * one
  }
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1
  return (row) => (isGap(column, row) ? 1 : Math.abs(values[row]! - (value as number)) / deviation)
}
