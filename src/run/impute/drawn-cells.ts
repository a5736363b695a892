import { type Column, isGap, type KnownCells, type TableEncoding } from '../../data/index.ts'

/** The draws of a column's gaps. */
export interface ColumnDraws {
  readonly name: string
  /** Rows of the table that have a gap there, ascending, [n]. */
  readonly rows: Int32Array
  /** Their draws, [n · K]: those of a row beside each other. Gaps where the model is all but sure that there is no value. */
  readonly values: Column
}

interface Room {
  readonly name: string
  readonly rows: Int32Array
  /** The place of a row that is completed among `rows`, −1 for one without a gap here. */
  readonly placeOf: Int32Array
  readonly numbers?: Float64Array
  readonly words?: (string | null)[]
  shell: Column
}

/** Gathers the draws of gaps from decoded points. */
export class DrawnCells {
  private readonly encoding: TableEncoding
  private readonly draws: number
  private readonly rooms: readonly Room[]

  constructor(encoding: TableEncoding, cells: KnownCells, draws: number) {
    this.encoding = encoding
    this.draws = draws
    const filled = new Set(
      encoding.columns.flatMap(({ name, width, computed }) => (width > 0 || computed ? [name] : [])),
    )
    const shells = new Map(
      encoding.decode(new Float32Array(), 0).columns.map((column) => [column.name, column]),
    )
    this.rooms = cells.table.columns.flatMap((column): Room[] => {
      const shell = shells.get(column.name)
      if (!filled.has(column.name) || shell === undefined) return []
      const rows: number[] = []
      const placeOf = Int32Array.from(cells.rows, (row) => (isGap(column, row) ? rows.push(row) - 1 : -1))
      if (rows.length === 0) return []
      const size = rows.length * draws
      const room =
        shell.kind === 'number'
          ? { numbers: new Float64Array(size).fill(Number.NaN) }
          : { words: new Array<string | null>(size).fill(null) }
      return [{ name: column.name, rows: Int32Array.from(rows), placeOf, shell, ...room }]
    })
  }

  /**
   * Takes the decoded points of these jobs (row · K + draw), [n, width]; returns the jobs that came out with a gap in a gap.
   */
  take(points: Float32Array, jobs: Int32Array, seed: number): number[] {
    const { encoding, draws, rooms } = this
    const table = encoding.decode(points, jobs.length, { first: jobs[0] ?? 0, seed })
    const made = new Map(table.columns.map((column) => [column.name, column]))
    const again = new Set<number>()
    for (const room of rooms) {
      const column = made.get(room.name)!
      if (column.kind === 'number' && room.shell.kind === 'number')
        room.shell = { ...room.shell, decimals: Math.max(room.shell.decimals, column.decimals) }
      for (let i = 0; i < jobs.length; i++) {
        const job = jobs[i]!
        const place = room.placeOf[Math.floor(job / draws)]!
        if (place < 0) continue
        const at = place * draws + (job % draws)
        // A column that is computed may rightly have no value.
        if (isGap(column, i)) {
          if (encoding.columnRange(room.name) !== undefined) again.add(job)
        } else if (room.numbers) room.numbers[at] = (column.values as Float64Array)[i]!
        else room.words![at] = column.values[i] as string
      }
    }
    return [...again].sort((a, b) => a - b)
  }

  /** The draws of all columns; a draw that came out as a gap to the end takes the value of another draw of its cell. */
  columns(): { readonly columns: readonly ColumnDraws[]; readonly empty: readonly string[] } {
    const empty: string[] = []
    const columns = this.rooms.map((room): ColumnDraws => {
      const cells = room.numbers ?? room.words!
      const isEmpty = (at: number): boolean => (room.numbers ? Number.isNaN(cells[at]) : cells[at] === null)
      let without = 0
      for (let place = 0; place < room.rows.length; place++) {
        const at = place * this.draws
        const full = Array.from({ length: this.draws }, (_, k) => at + k).filter((one) => !isEmpty(one))
        if (full.length === 0) without++
        else
          for (let k = 0; k < this.draws; k++)
            if (isEmpty(at + k))
              (cells as (string | number | null)[])[at + k] = cells[full[k % full.length]!]!
      }
      if (without > 0)
        empty.push(
          `${without} ${without === 1 ? 'cell' : 'cells'} of '${room.name}' stay${without === 1 ? 's' : ''} empty: rows such as ${without === 1 ? 'its' : 'theirs'} have no value there in the training data.`,
        )
      const values =
        room.shell.kind === 'number'
          ? { ...room.shell, values: room.numbers! }
          : { ...room.shell, values: room.words! }
      return { name: room.name, rows: room.rows, values }
    })
    return { columns, empty }
  }
}
