import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrokenRule, determinedBy, ruleFormula, type Table } from '../../data/index.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { type Dequantiser, dequantisationFor } from '../dequantise/index.ts'
import { placesInRun } from '../dequantise/store.node.ts'
import { bitsPerDimension, type LikelihoodOptions, logDensities, logProbabilities } from './log-densities.ts'
import { type OddColumn, oddColumns, pulledColumns, pulls, usualPulls } from './odd-columns.ts'
import { type OpenedModel, openSplit } from './open-model.node.ts'

/** Training rows that a percentile is counted among; fewer of data that take probes, each of which is dear. */
const referenceRows = { exact: 256, probed: 64 }

/** How rows are scored. */
export interface ScoreRowsOptions extends LikelihoodOptions {
  /** Name in `dequantisations`, of pictures; uniform unless given. What it learns is kept in the run's folder. */
  readonly dequantisation?: string | undefined
  /** Hears of steps of learning, where the dequantisation learns. */
  readonly onLearning?: ((done: number, total: number) => void) | undefined
}

/** What the model says of each row; NaN where a row has gaps. */
export interface RowScores {
  /** log p of the row in nats, in the data's own units. */
  readonly logDensity: Float64Array
  /** Standard error of it, of estimated traces and bounds and of the flow's solver; 0 where it is exact. */
  readonly standardError: Float64Array
  /**
   * log P of the row's cell, nats: log-density + log of the cell's volume, the density at its middle standing for its mean.
   * Absent where a column is neither rounded nor a category: then only the density means something.
   */
  readonly logProbability?: Float64Array
  /**
   * −log P of a row in bits over its number of bytes, with its standard error, by this dequantisation; of pictures, in the place of
   * `logProbability`.
   */
  readonly bits?: {
    readonly perDimension: Float64Array
    readonly standardError: Float64Array
    readonly dequantisation: string
  }
  /** The part of the standard errors that all rows share, nats: of an energy's normaliser; else 0. */
  readonly commonError: number
  /** ‖∇ log p‖ in the model's coordinates, at σ_min of a model of each noise level; NaN where the family has no score. */
  readonly scoreNorm: Float64Array
  /** Share of training rows with a lower log-density, in percent. */
  readonly percentile: Float64Array
  /** The columns that make each row odd, the oddest first, by the score at several noise levels. */
  readonly oddColumns: readonly (readonly OddColumn[])[]
  /** What a person should know, one sentence each. */
  readonly warnings: readonly string[]
}

/**
 * Scores the rows of a table.
 *
 * log p_data(v) = log p_model(x) + Σ log |dx/dv|: the encoding's Jacobian brings it to the units of the data. A column
 * that is dequantised counts with its density within a cell, at the middle of it. A row that breaks a rule which determines a
 * column is one that the model never makes: its percentile is 0, and the column is the oddest one, infinitely so.
 * Rejects with the signal's reason, where there is one, and with `data/no-bytes` where a dequantisation is named of other data than pictures.
 */
export async function scoreRows(
  opened: OpenedModel,
  table: Table,
  options: ScoreRowsOptions = {},
): Promise<RowScores> {
  const { signal } = options
  signal?.throwIfAborted()
  const dequantiser = await dequantiserOf(opened, options)
  try {
    return await scoresOf(opened, table, { ...options, dequantiser })
  } finally {
    await dequantiser?.dispose()
  }
}

type Scoring = LikelihoodOptions & { readonly dequantiser: NamedDequantiser | undefined }

type NamedDequantiser = Dequantiser & { readonly name: string }

/** The way to spread bytes over their cells, learned where it learns; undefined of data without bytes. */
async function dequantiserOf(
  opened: OpenedModel,
  { dequantisation, signal, onLearning }: ScoreRowsOptions,
): Promise<NamedDequantiser | undefined> {
  const chosen = dequantisationFor(dequantisation, opened.encoding)
  if (!chosen) return undefined
  const dequantiser = await chosen.open({
    ...{ model: opened, signal, onProgress: onLearning, store: placesInRun(opened) },
    pictures: async () => {
      const { table, training, dispose } = await openSplit(opened)
      await dispose()
      return { table, rowIndices: training }
    },
  })
  return { ...dequantiser, name: chosen.name }
}

/** What a person should know of learned places. */
function aboutPlaces(dequantiser: NamedDequantiser | undefined): string[] {
  const { taken = 1, name } = dequantiser ?? {}
  if (taken === 1) return []
  const share = taken === 0 ? 'Nothing' : `Only ${Math.round(100 * taken)} %`
  return [
    `${share} of the ${name} dequantisation is taken: on training pictures more of it gives more bits. The network was hardly trained at noise as small as a byte’s cell; --set training.weighting=likelihood does.`,
  ]
}

async function scoresOf(opened: OpenedModel, table: Table, options: Scoring): Promise<RowScores> {
  const { signal, dequantiser } = options
  const { encoding } = opened
  const complete = encoding.encodableRows(table)
  const x = encoding.encode(table, { rowIndices: complete })
  const { reference, usual, warnings } = await referenceOf(opened, options)
  const over = encoding.bitsOver
  const found = dequantiser
    ? await logProbabilities(opened, table, { ...options, dequantiser, rowIndices: complete })
    : await logDensities(opened, x, options)
  const hasScore = opened.fitted.model.can.score !== undefined
  const score = hasScore ? await opened.fitted.score(x, { signal }) : undefined
  const odd =
    usual && hasScore ? oddColumns(await pulls(opened, x, signal), usual, pulledColumns(opened)) : []
  const oddOf: (readonly OddColumn[])[] = Array.from({ length: table.rowCount }, () => [])
  const { dimension } = opened.fitted
  const cells = encoding.isDiscrete && over === undefined ? encoding.logCells(x, complete.length) : undefined
  const bits = dequantiser && {
    ...{ perDimension: gaps(table.rowCount), standardError: gaps(table.rowCount) },
    dequantisation: dequantiser.name,
  }
  const logProbability = cells === undefined ? undefined : gaps(table.rowCount)
  const broken = encoding.brokenRules(table)
  const result: RowScores = {
    logDensity: gaps(table.rowCount),
    ...(logProbability ? { logProbability } : {}),
    ...(bits ? { bits } : {}),
    standardError: gaps(table.rowCount),
    commonError: found.commonError,
    scoreNorm: gaps(table.rowCount),
    percentile: gaps(table.rowCount),
    oddColumns: oddOf,
    warnings: [...warnings, ...aboutPlaces(dequantiser), ...broken.map(toldOf)],
  }
  complete.forEach((row, i) => {
    oddOf[row] = odd[i] ?? []
    result.logDensity[row] = found.logDensity[i]!
    if (logProbability) logProbability[row] = found.logDensity[i]! + cells![i]!
    result.standardError[row] = found.standardError[i]!
    if (bits) {
      bits.perDimension[row] = bitsPerDimension(found.logDensity[i]!, over!)
      bits.standardError[row] = -bitsPerDimension(found.standardError[i]!, over!)
    }
    if (score) result.scoreNorm[row] = Math.hypot(...score.subarray(i * dimension, (i + 1) * dimension))
    result.percentile[row] =
      (100 * reference.filter((value) => value < found.logDensity[i]!).length) / reference.length
  })
  for (const { rule, rows } of broken)
    for (const row of rows) {
      oddOf[row] = [{ column: determinedBy(rule), times: Number.POSITIVE_INFINITY }, ...oddOf[row]!]
      if (!Number.isNaN(result.percentile[row]!)) result.percentile[row] = 0
    }
  return result
}

function toldOf({ rule, rows }: BrokenRule): string {
  const [one, keep] = [rows.length === 1, rows.slice(0, 3).map((row) => row + 1)]
  return `${rows.length} ${one ? 'row breaks' : 'rows break'} ${ruleFormula(rule)} (row ${keep.join(', ')}${rows.length > keep.length ? ', …' : ''}), which all training rows keep: the model makes no such row. The percentile is 0; the log-density is that of the other columns.`
}

/** What training rows are like: their log-densities, and how the score pulls at their columns. */
interface Reference {
  readonly reference: readonly number[]
  readonly usual: Float64Array | undefined
  readonly warnings: readonly string[]
}

/**
 * What some training rows are like, computed once a checkpoint and kept beside it; nothing, with a warning, where the rows
 * that the run was trained on are not to be had any more.
 */
async function referenceOf(
  opened: OpenedModel,
  { by, draws, signal, dequantiser }: Scoring,
): Promise<Reference> {
  const file = join(opened.run.folder, 'training-log-density.json')
  const { name } = opened.fitted.likelihoodMethod(by)
  const drawn = draws === undefined ? '' : `, ${draws} draws`
  const placed = dequantiser ? `, ${dequantiser.name} dequantisation` : ''
  const wanted = `${opened.weights.kind} of step ${opened.weights.step} by ${name}${drawn}${placed}`
  const kept = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as { weights: string; logDensity: number[]; pulls?: number[] })
    .catch(() => undefined)
  if (kept?.weights === wanted && kept.pulls)
    return { reference: kept.logDensity, usual: Float64Array.from(kept.pulls), warnings: [] }
  try {
    const { x, logDensity: ofPlaces } = await trainingRows(opened, dequantiser, signal)
    const { logDensity } = await logDensities(opened, x, { by, draws, signal })
    const usual = opened.fitted.model.can.score
      ? usualPulls(await pulls(opened, x, signal), pulledColumns(opened).length)
      : new Float64Array()
    const reference = Array.from(logDensity, (value, i) => value - (ofPlaces?.[i] ?? 0))
    const text = JSON.stringify({ weights: wanted, logDensity: reference, pulls: Array.from(usual) })
    // A folder that cannot be written only means that they are computed again next time.
    await writeFile(file, `${text}\n`).catch(() => {})
    return { reference, usual, warnings: [] }
  } catch (error) {
    if (!(error instanceof ScorefieldError) || error.kind !== 'data') throw error
    const warning = `The percentiles and odd columns stay empty: they compare with the rows that the run was trained on. ${error.message}`
    return { reference: [], usual: undefined, warnings: [warning] }
  }
}

/** Some training rows, encoded; bytes at places of their cells, with the log-density of these. */
async function trainingRows(
  opened: OpenedModel,
  dequantiser: Dequantiser | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly x: Float32Array; readonly logDensity?: Float64Array }> {
  const { encoding } = opened
  const { table, training, dispose } = await openSplit(opened)
  await dispose()
  const complete = encoding.encodableRows(table, training)
  const most =
    opened.fitted.tracePasses < opened.fitted.dimension ? referenceRows.probed : referenceRows.exact
  const every = Math.max(1, Math.floor(complete.length / most))
  const rowIndices = complete.filter((_, i) => i % every === 0).slice(0, most)
  const { seed } = opened.run.config
  return dequantiser
    ? dequantiser.place(table, { rowIndices, seed, signal })
    : { x: encoding.encode(table, { rowIndices }) }
}

function gaps(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN)
}
