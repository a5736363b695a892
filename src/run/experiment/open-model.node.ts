import type { DecodeOptions, Encoding, Table } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import type { DataAsked, DataDescription, DescribedData, OpenedSplit } from '../data/kind.ts'
import { dataOf, kindBeside } from '../data/kinds.node.ts'
import { loadAverage } from '../folder/average.node.ts'
import { loadWeights, type RunWarning } from '../folder/checkpoint.node.ts'
import { openRun, type Run } from '../folder/folder.node.ts'
import { FittedModel } from './fitted-model.ts'
import { modelOf } from './plan.node.ts'
import { requireFitting } from './weights.ts'

/** A run's model, with what leads from its rows to the data's and back. */
export interface OpenedModel {
  readonly run: Run
  readonly description: DataDescription
  readonly data: DescribedData
  readonly fitted: FittedModel
  /** From the data to the model's points and back. */
  readonly encoding: Encoding
  /** Names of the columns of its data. */
  readonly columns: readonly string[]
  /** Which weights were taken, and the step that they are of. */
  readonly weights: { readonly kind: 'best' | 'ema' | 'model'; readonly step: number }
  readonly warnings: readonly RunWarning[]
}

/**
 * Opens the model of a run: the averaged weights of its best checkpoint by held-out loss, of its last one without; of `ema`, an average
 * of this width (`loadAverage`); of `step`, the averaged weights as they were after that step, of a checkpoint that is still there.
 *
 * Errors: those of `openRun`, `loadWeights` and `loadAverage`, `data/encoding-parameters`.
 */
export async function openModel(
  folder: string,
  options: { runtime?: Runtime | undefined; ema?: number | undefined; step?: number | undefined } = {},
): Promise<OpenedModel> {
  const run = await openRun(folder)
  const description = run.data as DataDescription
  const data = dataOf(description)
  const encoding = data.encoding()
  const model = await modelOf(run.config, { encoding, conditions: data.conditions })
  const { value, warnings } = await weightsOf(run, options)
  requireFitting(run, model.parameters, value.weights)
  const { sigmaMin, sigmaMax, sigmaData } = run.config.training
  return {
    run,
    description,
    data,
    encoding,
    columns: data.columns,
    weights: { kind: value.kind, step: value.step },
    warnings,
    fitted: new FittedModel({
      model,
      family: run.config.model.family,
      values: value.weights,
      range: { sigmaMin, sigmaMax, sigmaData },
      moments: description.moments,
      usualConditions: data.given?.usual,
      runtime: options.runtime,
    }),
  }
}

function weightsOf(
  run: Run,
  { ema, step }: { readonly ema?: number | undefined; readonly step?: number | undefined },
): ReturnType<typeof loadWeights> {
  if (step !== undefined) return loadWeights(run, step, 'ema')
  return ema === undefined ? loadWeights(run, 'latest') : loadAverage(run, ema)
}

/**
 * The model's rows, [n, d], as a table of the data's columns.
 *
 * first, seed: which rows of which sample these are, by which identifiers are counted and what is invented is drawn.
 */
export function rowsToTable(
  { encoding, run }: OpenedModel,
  rows: Float32Array,
  count: number,
  origin: Omit<DecodeOptions, 'source'> = {},
): Table {
  return encoding.decode(rows, count, { source: `samples of ${run.name}`, ...origin })
}

/** The rows of a run read again, or those of `instead`; to be disposed of after use. See `DescribedData.split`. */
export function openSplit(
  { data, run }: OpenedModel,
  instead: DataAsked = run.config.data,
): Promise<OpenedSplit> {
  return data.split(instead, run.config.seed)
}

/** Reads other rows than a run's own; those of its kind in the formats of its own, which few rows may not show. */
export function readOthers(
  { description, run }: OpenedModel,
  asked: DataAsked,
): Promise<{ readonly table: Table; readonly notes: readonly string[] }> {
  const kind = kindBeside(asked, description.kind)
  return kind.read(
    asked,
    kind.name === description.kind ? { description, asked: run.config.data } : undefined,
  )
}
