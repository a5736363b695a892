import { basename } from 'node:path'
import { type Column, isGap, type Table, takeRows } from '../../data/index.ts'
import { counted } from '../../evaluation/index.ts'
import type { ReportRows } from '../../report/index.ts'
import { isNamed } from '../experiment/judged-rows.node.ts'
import { logDensities } from '../experiment/log-densities.ts'
import { mostRecognisable } from '../experiment/most-recognisable.ts'
import { type OpenedModel, openSplit, readOthers, rowsToTable } from '../experiment/open-model.node.ts'
import type { ReportOptions, ShownRows } from './judge.ts'

/** Rows of each side that the report's pictures are drawn from, at most. */
const shownRows = 5000
/** Synthetic rows drawn for them. */
const drawnRows = 2000
/** Unseen rows whose log-density is computed to find the least likely ones. */
const likelihoodRows = 128
/** Rows in the report's lists of worst rows. */
const worstRows = 8

/** Rows to draw: real and synthetic ones, the least likely of the unseen ones and the synthetic ones that are told most easily. */
export async function showRows(opened: OpenedModel, options: ReportOptions): Promise<ShownRows> {
  const synthetic = await syntheticRows(opened, options)
  const { table, rows, are: realAre } = await realRows(opened, options.against)
  const real = comparable(opened, evenly(table, shownRows))
  const recognised = mostRecognisable(shuffled(real), synthetic)
  const leastLikely = await leastLikelyRows(opened, table, rows, options.signal)
  return {
    tables: { real, synthetic, realAre },
    ...(leastLikely && { leastLikely }),
    ...(recognised.length > 0 && {
      mostRecognisable: rowsWith(
        synthetic,
        recognised.slice(0, worstRows).map(({ row, probability }) => ({ row, value: probability })),
        recognised.length,
      ),
    }),
  }
}

async function syntheticRows(opened: OpenedModel, { seed = 0, signal }: ReportOptions): Promise<Table> {
  const rows = await opened.fitted.sample({
    count: drawnRows,
    seed,
    ...opened.run.config.sampling,
    signal,
  })
  return comparable(opened, rowsToTable(opened, rows, drawnRows, { seed }))
}

/** Real rows to show: those judged by where others were given, else all that the run read; and which of them are unseen. */
async function realRows(
  opened: OpenedModel,
  against: ReportOptions['against'],
): Promise<{ table: Table; rows: Int32Array; are: string }> {
  const shown = (table: Table): string => counted(Math.min(shownRows, table.rowCount), 'row')
  if (isNamed(against)) {
    const { table } = await readOthers(opened, against)
    return { table, rows: allRows(table), are: `${shown(table)} of ${basename(table.source)}` }
  }
  const { table, test, dispose } = await openSplit(opened)
  await dispose()
  return { table, rows: test, are: `${shown(table)} of ${opened.data.says.all}` }
}

function allRows({ rowCount }: Table): Int32Array {
  return Int32Array.from({ length: rowCount }, (_, row) => row)
}

/**
 * The table without the columns that are made anew or left empty on the way out, such as identifiers, and with one word for all
 * that too few rows have: a report is for other eyes.
 */
function comparable({ encoding }: OpenedModel, table: Table): Table {
  const kept = new Set(
    encoding.columns
      .filter(({ width, computed, encoder }) => width > 0 || computed || encoder === 'constant')
      .map(({ name }) => name),
  )
  const pooled = encoding.pooled(table)
  return { ...pooled, columns: pooled.columns.filter(({ name }) => kept.has(name)) }
}

/** Of the unseen rows, some of them, those that the model finds least likely. */
async function leastLikelyRows(
  opened: OpenedModel,
  table: Table,
  rows: Int32Array,
  signal: AbortSignal | undefined,
): Promise<ReportRows | undefined> {
  if (opened.fitted.likelihoodKind === 'none') return undefined
  const complete = opened.encoding.encodableRows(table, rows)
  const count = Math.min(likelihoodRows, complete.length)
  if (count === 0) return undefined
  const chosen = Int32Array.from(
    { length: count },
    (_, i) => complete[Math.floor((i * complete.length) / count)]!,
  )
  const x = opened.encoding.encode(table, { rowIndices: chosen })
  const { logDensity } = await logDensities(opened, x, { signal })
  const found = Array.from(chosen, (row, i) => ({ row, value: logDensity[i]! })).sort(
    (a, b) => a.value - b.value,
  )
  return rowsWith(comparable(opened, table), found.slice(0, worstRows), count)
}

/** At most `most` rows, evenly spread. */
function evenly(table: Table, most: number): Table {
  const count = Math.min(most, table.rowCount)
  return takeRows(
    table,
    Int32Array.from({ length: count }, (_, i) => Math.floor((i * table.rowCount) / count)),
  )
}

/** The same rows in an order that mixes a sorted file: a fixed stride that meets every row once. */
function shuffled(table: Table): Table {
  const { rowCount } = table
  const stride = strideFor(rowCount)
  return takeRows(
    table,
    Int32Array.from({ length: rowCount }, (_, i) => (i * stride) % rowCount),
  )
}

/** Near the golden ratio of the count, and without a common divisor with it. */
function strideFor(count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  let stride = Math.max(1, Math.round(count * 0.618))
  while (count > 1 && divisor(stride, count) !== 1) stride++
  return stride
}

function rowsWith(table: Table, found: readonly { row: number; value: number }[], among: number): ReportRows {
  return {
    columns: table.columns.map((column) => ({
      name: column.name,
      ...(column.kind === 'number' && { decimals: column.decimals }),
      ...(column.kind === 'number' && column.calendar && { calendar: column.calendar }),
    })),
    rows: found.map(({ row, value }) => ({
      value,
      cells: table.columns.map((column) => cellOf(column, row)),
    })),
    among,
  }
}

function cellOf(column: Column, row: number): number | string | null {
  return isGap(column, row) ? null : column.values[row]!
}
