import { type Table, takeRows } from '../data/index.ts'
import { toyByName } from '../density/index.ts'
import { ScorefieldError } from '../engine/index.ts'
import {
  baselines,
  compareLogDensities,
  type Evaluation,
  evaluateRows,
  meanOverRows,
  type RowMean,
  rowsOf,
} from '../evaluation/index.ts'
import { columnNames } from './data-description.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'
import { readData, readSplit } from './prepare.node.ts'
import { logDensities } from './score-rows.node.ts'

/** Most rows of each side that figures are computed from. */
const mostRows = 5000
/** Held-out rows whose log-density is computed: each costs about a hundred evaluations of the network's Jacobian. */
const likelihoodRows = 256
/** Fewest rows of each side that the figures of samples need. */
const fewestRows = 40

/** Log-likelihood of rows never trained on, of the model and of its baselines, on the same encoded rows. */
export interface LikelihoodComparison {
  /** Mean log-density of the model, nats a row, in the data's own units. */
  readonly model: RowMean
  readonly baselines: readonly {
    readonly name: string
    readonly summary: string
    readonly logDensity: RowMean
    /** Model minus baseline, paired by row: above 0 the model is better. */
    readonly advantage: RowMean
  }[]
}

/** Everything that `evaluate` finds out of a run; plain data, written to evaluation.json. */
export interface RunEvaluation {
  readonly run: string
  readonly weights: OpenedModel['weights']
  readonly against: string
  readonly likelihood: LikelihoodComparison
  /** Figures of samples; absent where there are too few rows to compare. */
  readonly samples?: Evaluation
}

/** Rows to judge by: in the data's units [n, d] and encoded [n, w]. */
interface JudgedRows {
  readonly values: Float64Array
  readonly encoded: Float32Array
  readonly count: number
}

/**
 * Judges a run by rows that it never saw: its likelihood against that of baselines, its samples against real rows.
 *
 * against: other rows with the same columns; the run's own held-out rows unless given.
 */
export async function evaluateRun(
  opened: OpenedModel,
  options: {
    readonly against?: { readonly source?: string; readonly sql?: string }
    readonly seed?: number
    readonly signal?: AbortSignal
    readonly onProgress?: (what: string, done: number, total: number) => void
  } = {},
): Promise<RunEvaluation> {
  const { seed = 0, signal, onProgress } = options
  const { training, heldOut, source } = await judgedRows(opened, options.against)
  if (heldOut.count < 2)
    throw new ScorefieldError({
      kind: 'data',
      code: 'evaluation/too-few-rows',
      message: `${source} has ${heldOut.count} complete rows to judge by; at least 2 are needed.`,
      where: source,
      hint: 'Give more rows by --against FILE.',
    })
  const likelihood = await compareLikelihood(opened, training, heldOut, {
    seed,
    ...(signal ? { signal } : {}),
    onProgress: (done, total) => onProgress?.('log-likelihood', done, total),
  })
  const enough = Math.min(training.count, heldOut.count) >= fewestRows
  return {
    run: opened.run.name,
    weights: opened.weights,
    against: source,
    likelihood,
    ...(enough ? { samples: await judgeSamples(opened, training, heldOut, seed, onProgress, signal) } : {}),
  }
}

async function judgeSamples(
  opened: OpenedModel,
  training: JudgedRows,
  heldOut: JudgedRows,
  seed: number,
  onProgress: ((what: string, done: number, total: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<Evaluation> {
  const count = Math.min(mostRows, Math.max(training.count, heldOut.count))
  onProgress?.('samples', 0, 2)
  const { sampler, grid, steps } = opened.run.config.sampling
  const rows = await opened.fitted.sample({
    count,
    seed,
    sampler,
    grid,
    steps,
    ...(signal ? { signal } : {}),
  })
  onProgress?.('samples', 1, 2)
  const synthetic = valuesOf(rowsToTable(opened, rows, count), modelledColumns(opened))
  const result = evaluateRows({
    real: training.values,
    heldOut: heldOut.values,
    synthetic,
    columns: modelledColumns(opened),
    seed,
  })
  onProgress?.('samples', 2, 2)
  return result
}

async function compareLikelihood(
  opened: OpenedModel,
  training: JudgedRows,
  heldOut: JudgedRows,
  options: { seed: number; signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
): Promise<LikelihoodComparison> {
  const { dimension } = opened.fitted
  const count = Math.min(likelihoodRows, heldOut.count)
  const x = everyRow(heldOut.encoded, dimension, heldOut.count, count)
  const { logDensity } = await logDensities(opened, x, options)
  const jacobian = opened.encoding?.logDeterminant(x, count) ?? new Float64Array(count)
  const points = Float64Array.from(x)
  const rows = rowsOf({ values: training.encoded, dimension, what: 'training rows' })
  return {
    model: meanOverRows(logDensity),
    baselines: baselines.map((baseline) => {
      const fitted = baseline.fit({ rows, seed: options.seed })
      const values = fitted.logDensity(points).map((value, i) => value + jacobian[i]!)
      return {
        name: baseline.name,
        summary: fitted.summary,
        logDensity: meanOverRows(values),
        advantage: compareLogDensities({ model: logDensity, baseline: values }),
      }
    }),
  }
}

/** `wanted` of `count` rows, evenly spread. */
function everyRow(rows: Float32Array, dimension: number, count: number, wanted: number): Float32Array {
  const chosen = new Float32Array(wanted * dimension)
  for (let i = 0; i < wanted; i++) {
    const row = Math.floor((i * count) / wanted)
    chosen.set(rows.subarray(row * dimension, (row + 1) * dimension), i * dimension)
  }
  return chosen
}

async function judgedRows(
  opened: OpenedModel,
  against: { readonly source?: string; readonly sql?: string } | undefined,
): Promise<{ training: JudgedRows; heldOut: JudgedRows; source: string }> {
  const { description, run } = opened
  if (description.kind === 'toy') {
    const toy = toyByName(description.toy)
    const draw = (seed: number): JudgedRows => {
      const values = toy.sample({ seed, first: 0, count: 2000 })
      return { values, encoded: Float32Array.from(values), count: 2000 }
    }
    return {
      training: draw(run.config.seed),
      heldOut: draw(run.config.seed + 3),
      source: `fresh draws of ${toy.name}`,
    }
  }
  const split = await readSplit(description, run.config.data)
  const training = rowsFor(opened, split.table, split.training.slice(0, mostRows))
  if (!against || (against.source === undefined && against.sql === undefined))
    return { training, heldOut: rowsFor(opened, split.table, split.heldOut), source: 'held-out rows' }
  const { table } = await readData(against)
  const all = Int32Array.from({ length: Math.min(table.rowCount, mostRows) }, (_, row) => row)
  return { training, heldOut: rowsFor(opened, table, all), source: table.source }
}

/** Complete rows of a table, in its units and encoded; dequantised once, as training sees them. */
function rowsFor(opened: OpenedModel, table: Table, rowIndices: Int32Array): JudgedRows {
  const encoding = opened.encoding!
  const complete = encoding.encodableRows(table, rowIndices)
  return {
    values: valuesOf(takeRows(table, complete), modelledColumns(opened)),
    encoded: encoding.encode(table, {
      rowIndices: complete,
      dequantiseSeed: opened.run.config.seed,
      first: 0,
    }),
    count: complete.length,
  }
}

/** Names of the columns that are modelled: constant ones say nothing of a model. */
function modelledColumns(opened: OpenedModel): string[] {
  return opened.encoding
    ? opened.encoding.columns.filter(({ width }) => width > 0).map(({ name }) => name)
    : columnNames(opened.description)
}

function valuesOf(table: Table, columns: readonly string[]): Float64Array {
  const values = new Float64Array(table.rowCount * columns.length)
  columns.forEach((name, k) => {
    const column = table.columns.find((candidate) => candidate.name === name)
    if (column?.kind !== 'number') return
    for (let row = 0; row < table.rowCount; row++) values[row * columns.length + k] = column.values[row]!
  })
  return values
}
