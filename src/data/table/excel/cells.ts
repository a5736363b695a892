/** What a cell of a sheet holds; null where it is empty, or a formula that failed. */
export type Cell = string | number | bigint | boolean | Date | null

/** What all filled cells of a column are; `mixed` where they are not of one kind. */
export type CellKind = 'number' | 'truth' | 'moment' | 'text' | 'mixed' | 'empty'

/** A column of a sheet as text, and what its cells were. */
export interface SheetColumn {
  readonly kind: CellKind
  readonly texts: readonly (string | null)[]
}

const dayMs = 86_400_000
/** Days of Excel count from here: a time without a day is less than one day after it. */
const zeroDay = Date.UTC(1899, 11, 30)

/**
 * The cells of a column as text that can be read back: numbers in their shortest form; days as 2024-05-31, times as 08:30:00,
 * moments as both, each by what all of the column's are.
 */
export function sheetColumn(cells: readonly Cell[]): SheetColumn {
  const kinds = new Set(cells.flatMap((cell) => (cell === null ? [] : [kindOf(cell)])))
  const kind = kinds.size === 0 ? 'empty' : kinds.size > 1 ? 'mixed' : [...kinds][0]!
  const write = momentWriter(cells)
  return { kind, texts: cells.map((cell) => (cell instanceof Date ? write(cell) : textOf(cell))) }
}

function kindOf(cell: NonNullable<Cell>): CellKind {
  if (cell instanceof Date) return 'moment'
  if (typeof cell === 'boolean') return 'truth'
  return typeof cell === 'string' ? 'text' : 'number'
}

function textOf(cell: Exclude<Cell, Date>): string | null {
  return cell === null ? null : String(cell)
}

/** How the moments of a column are written: the part that none of them has is left out. */
function momentWriter(cells: readonly Cell[]): (moment: Date) => string {
  const moments = cells.flatMap((cell) => (cell instanceof Date ? [inMs(cell)] : []))
  const areTimes = moments.every((ms) => ms >= zeroDay && ms < zeroDay + dayMs)
  const areDays = moments.every((ms) => ms % dayMs === 0)
  const hasFractions = moments.some((ms) => ms % 1000 !== 0)
  return (moment) => {
    const iso = new Date(inMs(moment)).toISOString()
    const [day, time] = [iso.slice(0, 10), iso.slice(11, hasFractions ? 23 : 19)]
    if (areDays && !areTimes) return day
    return areTimes ? time : `${day} ${time}`
  }
}

/** Milliseconds of a moment. A day's fraction is a float64, cut off to milliseconds: 08:30:00 may come as 08:29:59.999. */
function inMs(moment: Date): number {
  const ms = moment.getTime()
  return ((ms % 1000) + 1000) % 1000 === 999 ? ms + 1 : ms
}
