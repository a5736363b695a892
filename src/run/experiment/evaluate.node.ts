import type { Table } from '../../data/index.ts'
import { ScorefieldError } from '../../engine/index.ts'
import {
  type Associations,
  associationsOf,
  baselines,
  compareLogDensities,
  copiesAmong,
  type Estimate,
  type Evaluation,
  evaluateTables,
  type FittedDensity,
  meanOverRows,
  measurePrivacy,
  measureUtility,
  type Privacy,
  type RowMean,
  rowsOf,
  type ScoreDiagnosis,
  twoSampleArea,
  type Utility,
  type Verdict,
  verdictOf,
} from '../../evaluation/index.ts'
import type { DataAsked } from '../data/kind.ts'
import { kindOf, requireJudged } from '../data/kinds.node.ts'
import { diagnoseModel } from './diagnose-model.ts'
import { type JudgedRows, judgedRows, modelledColumns, type RowsToJudgeBy } from './judged-rows.node.ts'
import { likelihoodRows } from './likelihood-rows.ts'
import { bitsPerDimension, logDensities } from './log-densities.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'

/** Samples drawn, at most: as many as there are rows that were learned from. */
const mostSamples = 50_000
/** Samples of each baseline, at most: they are far easier to tell, so fewer say it. */
const mostBaselineSamples = 10_000
/** Fewest rows of each side that the figures of samples need. */
const fewestRows = 40

/** Log-likelihood of rows never trained on, of the model and of its baselines, on the same encoded rows. */
export interface LikelihoodComparison {
  /** Whether the model's are lower bounds. */
  readonly isBound?: boolean
  /** Mean log-density of the model, nats a row, in the data's own units. */
  readonly model: RowMean
  /**
   * Mean log of the volume of a row's cell, nats, where every column is rounded or a category: mean log-density + this is a lower
   * bound of the mean log-probability of the rows as they are written (Theis et al. 2016), for model and baselines alike.
   */
  readonly logCell?: number
  /**
   * Of pictures: an upper bound of the mean −log₂ P of a picture over its number of bytes (uniform dequantisation, Theis et al. 2016);
   * of a lower bound of the density, a looser one.
   */
  readonly bitsPerDimension?: RowMean
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
  /** Whether the rows also chose the weights, as those of a small table do: then figures are a little too good. */
  readonly choseWeights: boolean
  /** Absent where the family has no log-density. */
  readonly likelihood?: LikelihoodComparison | undefined
  /** Figures of samples; absent, as all below, where there are too few rows to compare. */
  readonly samples?: Evaluation
  /** How well a classifier tells samples of each baseline from real rows, measured as for the model's. */
  readonly baselineSamples?: readonly {
    readonly name: string
    readonly classifier: Estimate
    /** Rows of either side; absent in evaluations of older releases. */
    readonly rows?: number
  }[]
  /** Train on synthetic, test on real; absent also where no column can be predicted. */
  readonly utility?: Utility
  readonly privacy?: Privacy
  readonly associations?: Associations
  /** How its score is; absent where it has none, and in evaluations of older releases. */
  readonly diagnosis?: ScoreDiagnosis
  /** What the figures show, in marks and words; made of them, and absent in evaluations of older releases. */
  readonly verdict?: Verdict
}

/**
 * Judges a run by rows that it never saw: its likelihood against that of baselines, its samples against real rows.
 *
 * against: other rows with the same columns; the run's own test rows unless given. Rejects with the signal's reason, where there
 * is one.
 */
export async function evaluateRun(
  opened: OpenedModel,
  options: EvaluateRunOptions = {},
): Promise<RunEvaluation> {
  options.signal?.throwIfAborted()
  requireJudged(kindOf({ kind: opened.description.kind }))
  const rows = await judgedRows(opened, options.against, options.onNote)
  try {
    return await evaluateBy(rows, opened, options)
  } finally {
    await rows.dispose()
  }
}

/** How a run is evaluated. */
export interface EvaluateRunOptions {
  readonly against?: DataAsked | undefined
  /** Rows whose log-density is computed, at most; by what one costs unless given (`likelihoodRows`). */
  readonly likelihoodRows?: number | undefined
  /** The column that predictors are trained for; proposed by `proposeTarget` unless given. */
  readonly target?: string | undefined
  readonly seed?: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (what: string, done: number, total: number) => void
  /** Told what was decided in reading `against`, a sentence each. */
  readonly onNote?: (note: string) => void
}

async function evaluateBy(
  judged: RowsToJudgeBy,
  opened: OpenedModel,
  options: EvaluateRunOptions,
): Promise<RunEvaluation> {
  const { seed = 0, signal, onProgress } = options
  const { training, heldOut, source, choseWeights } = judged
  if (heldOut.count < 2)
    throw new ScorefieldError({
      kind: 'data',
      code: 'evaluation/too-few-rows',
      message: `${source} has ${heldOut.count} complete rows to judge by; at least 2 are needed.`,
      where: source,
      hint: 'Give more rows by --against FILE.',
    })
  onProgress?.('baselines', 0, 1)
  signal?.throwIfAborted()
  const rows = rowsOf({ values: training.encoded, dimension: opened.fitted.dimension, what: 'training rows' })
  const fittedBaselines = baselines.map((baseline) => ({
    name: baseline.name,
    density: baseline.fit({ rows, seed }),
  }))
  const { likelihoodKind } = opened.fitted
  const likelihood =
    likelihoodKind === 'none'
      ? undefined
      : await compareLikelihood(opened, fittedBaselines, heldOut, {
          rows: options.likelihoodRows ?? likelihoodRows(opened.fitted),
          signal,
          onProgress: (done, total) => onProgress?.('log-likelihood', done, total),
        })
  onProgress?.('score', 0, 1)
  const diagnosis = await diagnoseModel({
    fitted: opened.fitted,
    config: opened.run.config.training,
    training: training.encoded,
    heldOut: heldOut.encoded,
    density: opened.data.density?.(),
    seed,
    signal,
  })
  const enough = Math.min(training.count, heldOut.count) >= fewestRows
  const found = {
    run: opened.run.name,
    weights: opened.weights,
    against: source,
    choseWeights,
    likelihood,
    ...(diagnosis ? { diagnosis } : {}),
    ...(enough ? await judgeSamples(opened, judged, fittedBaselines, { ...options, seed }) : {}),
  }
  return { ...found, verdict: verdictOf(found) }
}

interface FittedBaseline {
  readonly name: string
  readonly density: FittedDensity
}

type Judgement = Pick<RunEvaluation, 'samples' | 'baselineSamples' | 'utility' | 'privacy' | 'associations'>

async function judgeSamples(
  opened: OpenedModel,
  { training, learned, heldOut }: RowsToJudgeBy,
  fittedBaselines: readonly FittedBaseline[],
  options: {
    readonly target?: string | undefined
    readonly seed: number
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: (what: string, done: number, total: number) => void
  },
): Promise<Judgement> {
  const { seed, signal, onProgress, target } = options
  const count = Math.min(mostSamples, Math.max(training.table.rowCount, heldOut.count))
  const names = modelledColumns(opened)
  const steps = ['samples', 'figures', 'baselines', 'usefulness', 'privacy'] as const
  const begin = async (what: (typeof steps)[number]): Promise<void> => {
    onProgress?.(what, steps.indexOf(what), steps.length)
    // So that progress is shown and Ctrl-C is heard between two long computations.
    await new Promise((resolve) => setTimeout(resolve))
    signal?.throwIfAborted()
  }
  await begin('samples')
  const drawn = await opened.fitted.sample({
    count,
    seed,
    ...opened.run.config.sampling,
    signal,
  })
  const asTheyAre = {
    real: training.table,
    heldOut: heldOut.table,
    synthetic: rowsToTable(opened, drawn, count, { seed }),
  }
  // Rare words do not come out, by intent: to figures of quality they are one word.
  const pooled = (table: Table): Table => opened.encoding.pooled(table)
  const tables = {
    real: pooled(asTheyAre.real),
    heldOut: pooled(asTheyAre.heldOut),
    synthetic: pooled(asTheyAre.synthetic),
  }
  await begin('figures')
  const samples = evaluateTables(tables, { names, seed })
  await begin('baselines')
  const baselineCount = Math.min(mostBaselineSamples, count)
  const baselineSamples = fittedBaselines.map(({ name, density }) => {
    const values = Float32Array.from(density.sample({ seed, first: 0, count: baselineCount }))
    const synthetic = pooled(rowsToTable(opened, values, baselineCount, { seed }))
    const { value, low, high } = twoSampleArea({ ...tables, synthetic }, { names, seed, draws: 1 })
    return { name, classifier: { value, low, high }, rows: baselineCount }
  })
  await begin('usefulness')
  const stopping = signal ? { signal } : {}
  const copies = await copiesAmong(asTheyAre.heldOut, learned, { names, ...stopping })
  const utility = measureUtility(tables, { names, seed, copies, target })
  await begin('privacy')
  const privacy = await measurePrivacy(asTheyAre, {
    names,
    seed,
    training: learned,
    ...stopping,
    onProgress: (done, total) =>
      onProgress?.('privacy', steps.indexOf('privacy') + done / total, steps.length),
  })
  onProgress?.('privacy', steps.length, steps.length)
  return {
    samples,
    baselineSamples,
    ...(utility ? { utility } : {}),
    privacy,
    associations: associationsOf({ real: tables.real, synthetic: tables.synthetic, names }),
  }
}

async function compareLikelihood(
  opened: OpenedModel,
  fittedBaselines: readonly FittedBaseline[],
  heldOut: JudgedRows,
  options: {
    rows: number
    signal?: AbortSignal | undefined
    onProgress?: (done: number, total: number) => void
  },
): Promise<LikelihoodComparison> {
  const { dimension } = opened.fitted
  const count = Math.min(options.rows, heldOut.count)
  const x = everyRow(heldOut.encoded, dimension, heldOut.count, count)
  const { logDensity } = await logDensities(opened, x, options)
  const jacobian = opened.encoding.logDeterminant(x, count)
  const points = Float64Array.from(x)
  return {
    ...(opened.fitted.likelihoodKind === 'bound' ? { isBound: true } : {}),
    model: meanOverRows(logDensity),
    ...(opened.encoding.isDiscrete
      ? { logCell: meanOverRows(opened.encoding.logCells(x, count)).value }
      : {}),
    ...(opened.encoding.bitsOver === undefined
      ? {}
      : {
          bitsPerDimension: meanOverRows(
            logDensity.map((value) => bitsPerDimension(value, opened.encoding.bitsOver!)),
          ),
        }),
    baselines: fittedBaselines.map(({ name, density }) => {
      const values = density.logDensity(points).map((value, i) => value + jacobian[i]!)
      return {
        name,
        summary: density.summary,
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
