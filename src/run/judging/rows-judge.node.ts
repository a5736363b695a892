import type { Table } from '../../data/index.ts'
import {
  associationsOf,
  copiesAmong,
  evaluateTables,
  measurePrivacy,
  measureUtility,
  twoSampleArea,
} from '../../evaluation/index.ts'
import { diagnoseModel } from '../experiment/diagnose-model.ts'
import { modelledColumns, type RowsToJudgeBy } from '../experiment/judged-rows.node.ts'
import { likelihoodRows } from '../experiment/likelihood-rows.ts'
import { type OpenedModel, rowsToTable } from '../experiment/open-model.node.ts'
import { type EvaluateRunOptions, fewestRows, type Judge, type Judgement } from './judge.ts'
import { compareLikelihood, type FittedBaseline, fittedBaselines } from './likelihood.node.ts'
import { showRows } from './show-rows.node.ts'

/** Samples drawn, at most: as many as there are rows that were learned from. */
const mostSamples = 50_000
/** Samples of each baseline, at most: they are far easier to tell, so fewer say it. */
const mostBaselineSamples = 10_000

/** Rows of cells: whatever no other judge takes. */
export const rowsJudge: Judge = {
  takes: () => true,
  judge: async (judged, opened, options) => {
    const { seed = 0, signal, onProgress } = options
    const { training, heldOut } = judged
    onProgress?.('baselines', 0, 1)
    signal?.throwIfAborted()
    const rivals = fittedBaselines(opened, training, seed)
    const likelihood =
      opened.fitted.likelihoodKind === 'none'
        ? undefined
        : await compareLikelihood(opened, rivals, heldOut, {
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
    return {
      likelihood,
      ...(diagnosis ? { diagnosis } : {}),
      ...(enough ? await judgeSamples(opened, judged, rivals, { ...options, seed }) : {}),
    }
  },
  show: showRows,
}

async function judgeSamples(
  opened: OpenedModel,
  { training, learned, heldOut }: RowsToJudgeBy,
  rivals: readonly FittedBaseline[],
  options: EvaluateRunOptions & { readonly seed: number },
): Promise<Judgement> {
  const { seed, signal, onProgress, target } = options
  const count = Math.min(options.samples ?? mostSamples, Math.max(training.table.rowCount, heldOut.count))
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
  const baselineSamples = rivals.map(({ name, density }) => {
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
