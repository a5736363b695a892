import { isGap, type KnownCells, type Table, type TableEncoding } from '../../data/index.ts'
import { requireDraws } from '../experiment/drawing.ts'
import { type ColumnDraws, DrawnCells } from './drawn-cells.ts'
import type { FillingModel } from './filling-method.ts'
import { chooseFillingMethod } from './filling-methods.ts'
import { solvedKnownCells } from './solved-cells.ts'

/** How gaps are filled; what is left out is as the figures of docs/impute.md say is best. */
export interface ImputeOptions {
  /** K, draws of each gap, 1 or more; 20 unless given. */
  readonly draws?: number | undefined
  /** Draw k of a row is a function of (seed, K, place of the row among those with gaps, k) and of the row; 0 unless given. */
  readonly seed?: number | undefined
  /** Name in `fillingMethods`: `learned`, or a guide. Unless given `learned` where every column that is known may be given, else a guide. */
  readonly method?: string | undefined
  /** Numbers of the method, by the names of its `settings`. */
  readonly methodOptions?: Readonly<Record<string, number>> | undefined
  /** Steps from noise to data; 25 unless given. */
  readonly steps?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Draws of rows that are done, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Draws of every gap of a table. */
export interface Imputation {
  /** The table, in the model's kinds and units, with its gaps but for those that a rule fills. */
  readonly table: Table
  /** K */
  readonly draws: number
  /** Of each column with gaps that the model fills. */
  readonly columns: readonly ColumnDraws[]
  /** Rows that were completed. */
  readonly rows: number
  /** Name of the method, and times that the network was asked for a draw. */
  readonly method: string
  readonly evaluations: number
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[]
}

/** Draws of each gap unless told. */
export const usualDraws = 20
/** Numbers held at once: rows with their draws are completed some at a time. */
const chunkNumbers = 4e6
/** Draws that came out as a gap are drawn again, so many times at most. */
const mostRounds = 8
/** Where the noise of another round begins. */
const roundStride = 2 ** 40

/**
 * Draws of every gap of a table given the cells that are there: K of each row, by a denoiser that is told them, or guided to them.
 *
 * A gap is a value that is not known: also in a column where gaps are values of their own to the model, for there a draw is
 * drawn again until it is no gap. Cells that rules between columns determine are computed, forwards and backwards. Columns that the
 * model does not know stay as they are.
 * Errors: `usage/options`, `data/missing-column`, `data/column-kind`, `family/cannot`, `usage/unknown-name`, `impute/method`; those of the
 * method's options; the signal's reason.
 */
export async function imputeTable(
  model: FillingModel,
  given: Table,
  options: ImputeOptions = {},
): Promise<Imputation> {
  const { draws = usualDraws, seed = 0, signal, onProgress, steps, methodOptions } = options
  const { encoding, fitted } = model
  requireDraws(
    draws,
    'One draw fills each gap with a value that could be; twenty tell how sure the model is.',
  )
  fitted.denoiserFor('Filling gaps')
  signal?.throwIfAborted()
  const { cells, notes } = solvedKnownCells(encoding, given)
  const { method, notes: why } = chooseFillingMethod(model, knownColumnsOf(encoding, cells), options)
  const drawn = new DrawnCells(encoding, cells, draws)
  const width = encoding.width
  const total = cells.rows.length * draws
  const sampler = await method.open(model, { steps, draws, methodOptions })
  try {
    const chunk = Math.max(1, Math.floor(chunkNumbers / (draws * width)))
    for (let start = 0; start < cells.rows.length; start += chunk) {
      const end = Math.min(cells.rows.length, start + chunk)
      let waiting = Int32Array.from({ length: (end - start) * draws }, (_, i) => start * draws + i)
      for (let round = 0; round < mostRounds && waiting.length > 0; round++) {
        const first = round * roundStride + start * draws
        const places = waiting.map((job) => Math.floor(job / draws))
        const known = cells.codes({ places, seed, first })
        const request = { seed, first, count: waiting.length, signal, known }
        const again: number[] = []
        for await (const event of sampler.draw(request)) {
          if (event.type !== 'samples') continue
          const at = event.first - first
          const count = event.rows.length / width
          // What is observed is not drawn.
          event.rows.forEach((_, i) => {
            const own = known[at * width + i]!
            if (!Number.isNaN(own)) event.rows[i] = own
          })
          again.push(...drawn.take(event.rows, waiting.subarray(at, at + count), seed))
          if (round === 0) onProgress?.(start * draws + at + count, total)
        }
        waiting = Int32Array.from(again)
      }
    }
  } finally {
    await sampler.dispose()
  }
  const { columns, empty } = drawn.columns()
  return {
    table: cells.table,
    draws,
    columns,
    rows: cells.rows.length,
    method: method.name,
    evaluations: sampler.evaluations,
    notes: [...notes, ...why, ...empty],
  }
}

/** Modelled columns of which a row that must be completed has a value. */
function knownColumnsOf(encoding: TableEncoding, { table, rows }: KnownCells): string[] {
  return table.columns.flatMap((column) =>
    encoding.columnRange(column.name) !== undefined && rows.some((row) => !isGap(column, row))
      ? [column.name]
      : [],
  )
}
