import { isGap, type Table } from '../../../data/node.ts'
import { ScorefieldError } from '../../../engine/index.ts'
import { type OpenedModel, openSplit } from '../open-model.node.ts'
import type { GivenCell } from './method.node.ts'

/** How far a number may be from one of the data, in deviations of its column, and count as seen. */
const near = 0.25

/**
 * A sentence where no training row has values as these together, with the nearest that one has; undefined where one has, where fewer than
 * two columns are given, or where the rows are not to be had any more.
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
    const { table, training, dispose } = await openSplit(opened)
    await dispose()
    return unseen(table, training, cells)
  } catch (error) {
    if (error instanceof ScorefieldError && error.kind === 'data') return undefined
    throw error
  }
}

/** The same of rows at hand. */
export function unseen(
  table: Table,
  rows: ArrayLike<number>,
  cells: readonly GivenCell[],
): string | undefined {
  const distances = cells.map((cell) => distanceTo(table, rows, cell))
  let best = { row: -1, away: Number.POSITIVE_INFINITY, sum: Number.POSITIVE_INFINITY }
  for (let i = 0; i < rows.length; i++) {
    const own = distances.map((distance) => distance(rows[i]!))
    const away = own.filter((distance) => distance > near).length
    const sum = own.reduce((total, distance) => total + distance, 0)
    if (away < best.away || (away === best.away && sum < best.sum)) best = { row: rows[i]!, away, sum }
  }
  if (best.row < 0 || best.away === 0) return undefined
  const told = (of: (cell: GivenCell) => string): string =>
    cells.map((cell) => `${cell.name} = ${of(cell) || 'a gap'}`).join(', ')
  return `No training row has ${told(({ text }) => text)} together, or nearly; the nearest has ${told((cell) => textAt(table, best.row, cell))}. Nothing stands behind what is drawn.`
}

/** How far a row's cell is from the given one: in deviations of a column of numbers; else 0, or 1 where it is another. */
function distanceTo(
  table: Table,
  rows: ArrayLike<number>,
  { name, text }: GivenCell,
): (row: number) => number {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (!column) return () => 0
  if (text === '') return (row) => (isGap(column, row) ? 0 : 1)
  const value = Number(text)
  if (column.kind !== 'number' || !Number.isFinite(value))
    return (row) => (!isGap(column, row) && textAt(table, row, { name }) === text ? 0 : 1)
  const { values } = column
  let [count, sum, squares] = [0, 0, 0]
  for (let i = 0; i < rows.length; i++) {
    const one = values[rows[i]!]!
    if (Number.isNaN(one)) continue
    count++
    sum += one
    squares += one * one
  }
  const deviation = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1
  return (row) => (isGap(column, row) ? 1 : Math.abs(values[row]! - value) / deviation)
}

function textAt(table: Table, row: number, { name }: Pick<GivenCell, 'name'>): string {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (!column || isGap(column, row)) return ''
  return String(column.values[row])
}
