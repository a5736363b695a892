/** How cells are written, their digits apart: `$9,999.99` for $1,234.50, `99.09.9999` for 12.03.2021. */
export interface Shape {
  readonly text: string
  /** Cells of this shape. */
  readonly count: number
  /** The first of them, and its row, from 0. */
  readonly example: string
  readonly row: number
}

/** A column of more shapes is prose, or names. */
const mostShapes = 1000
/** Of so many cells more than half must have digits. */
const firstCells = 100

/**
 * The cell with each run of digits replaced: zeros by zeros, others by nines, after a zero where they begin with one.
 *
 * `007` and `0.50` keep their leading zero, `0` and `0.00` stay zero, for these decide what a number is.
 */
export function shapeOf(cell: string): string {
  let shape = ''
  let end = 0
  while (end < cell.length) {
    const first = cell.charCodeAt(end)
    const start = end
    if (first < 48 || first > 57) {
      while (end < cell.length && !isDigit(cell.charCodeAt(end))) end++
      shape += cell.slice(start, end)
      continue
    }
    let isZero = true
    for (; end < cell.length && isDigit(cell.charCodeAt(end)); end++)
      if (cell.charCodeAt(end) !== 48) isZero = false
    const length = end - start
    shape += isZero ? '0'.repeat(length) : first === 48 ? `0${'9'.repeat(length - 1)}` : '9'.repeat(length)
  }
  return shape
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Counts the shapes of a column's cells. */
export class ShapeTally {
  private readonly found = new Map<
    string,
    { count: number; readonly example: string; readonly row: number }
  >()
  private count = 0
  private words = 0
  private isProse = false

  /** Whether the column may still be of numbers or moments: its shapes are few, and most of its first cells have digits. */
  get isPromising(): boolean {
    return !this.isProse
  }

  /** Looks at some cells; the first of them is of row `first`. */
  see(cells: readonly (string | null)[], first: number): void {
    for (let at = 0; at < cells.length && !this.isProse; at++) {
      const cell = cells[at]!
      if (cell === null) continue
      const text = shapeOf(cell)
      const known = this.found.get(text)
      if (known) known.count++
      else this.found.set(text, { count: 1, example: cell, row: first + at })
      this.count++
      if (this.count <= firstCells && !/\d/.test(text)) this.words++
      this.isProse = this.found.size > mostShapes || this.words > firstCells / 2
    }
  }

  /** The shapes found, the first met first; none for prose. */
  get shapes(): readonly Shape[] {
    return this.isProse ? [] : [...this.found].map(([text, shape]) => ({ text, ...shape }))
  }
}
