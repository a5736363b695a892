import { keepRules, type Table, TableEncoding } from '../../data/index.ts'
import { type Named, type Runtime, ScorefieldError, sizeOf, type TensorType } from '../../engine/index.ts'
import { loadWeights, type RunWarning } from '../folder/checkpoint.node.ts'
import { openRun, type Run } from '../folder/folder.node.ts'
import type { DataDescription } from './data-description.ts'
import { columnNames } from './data-description.ts'
import { FittedModel } from './fitted-model.ts'
import { modelOf } from './plan.node.ts'

/** A run's model, with what leads from its rows to the data's and back. */
export interface OpenedModel {
  readonly run: Run
  readonly description: DataDescription
  readonly fitted: FittedModel
  /** Absent for a toy: its rows are the data. */
  readonly encoding: TableEncoding | undefined
  /** Names of the columns of its data. */
  readonly columns: readonly string[]
  /** Which weights were taken, and the step that they are of. */
  readonly weights: { readonly kind: 'best' | 'ema' | 'model'; readonly step: number }
  readonly warnings: readonly RunWarning[]
}

/**
 * Opens the model of a run: the averaged weights of its best checkpoint by held-out loss, of its last one without.
 *
 * Errors: those of `openRun` and `loadWeights`, `data/encoding-parameters`.
 */
export async function openModel(folder: string, options: { runtime?: Runtime } = {}): Promise<OpenedModel> {
  const run = await openRun(folder)
  const description = run.data as DataDescription
  const encoding = description.kind === 'table' ? TableEncoding.fromJSON(description.encoding) : undefined
  const model = await modelOf(
    run.config,
    encoding?.parts ?? [{ kind: 'numbers', width: columnNames(description).length }],
  )
  const { value, warnings } = await loadWeights(run, 'latest')
  requireFitting(run, model.parameters, value.weights)
  const { sigmaMin, sigmaMax, sigmaData } = run.config.training
  return {
    run,
    description,
    encoding,
    columns: columnNames(description),
    weights: { kind: value.kind, step: value.step },
    warnings,
    fitted: new FittedModel({
      model,
      family: run.config.model.family,
      values: value.weights,
      range: { sigmaMin, sigmaMax, sigmaData },
      runtime: options.runtime,
    }),
  }
}

/** Throws `run/weights-do-not-fit` unless the weights are exactly those that the model asks for. */
function requireFitting(
  run: Run,
  parameters: Named<TensorType>,
  weights: Readonly<Record<string, Float32Array>>,
): void {
  const wrong =
    Object.keys(parameters).find((name) => weights[name]?.length !== sizeOf(parameters[name]!.shape)) ??
    Object.keys(weights).find((name) => !(name in parameters))
  if (wrong === undefined) return
  const wanted = parameters[wrong] ? `should be [${parameters[wrong].shape.join(', ')}]` : 'is not part of it'
  throw new ScorefieldError({
    kind: 'data',
    code: 'run/weights-do-not-fit',
    message: `The weights of ${run.name} do not fit its network: "${wrong}" ${wanted}.`,
    where: run.folder,
    hint: 'run.json or data.json was edited after training, or another release made the run; restore it, or train again.',
  })
}

/**
 * The model's rows, [n, d], as a table of the data's columns.
 *
 * first, seed: which rows of which sample these are, by which identifiers are counted and what is invented is drawn.
 */
export function rowsToTable(
  opened: OpenedModel,
  rows: Float32Array,
  count: number,
  origin: { readonly first?: number; readonly seed?: number } = {},
): Table {
  const { encoding, description } = opened
  if (encoding) {
    const table = encoding.decode(rows, count, { source: `samples of ${opened.run.name}`, ...origin })
    return description.kind === 'table' && description.rules ? keepRules(table, description.rules) : table
  }
  const names = opened.columns
  return {
    rowCount: count,
    source: `samples of ${opened.run.name}`,
    columns: names.map((name, column) => ({
      kind: 'number',
      name,
      type: 'FLOAT',
      decimals: 9,
      // Nine digits tell every float32 from its neighbours.
      values: Float64Array.from({ length: count }, (_, row) =>
        Number(rows[row * names.length + column]!.toPrecision(9)),
      ),
    })),
  }
}

/** Rows of a table in the model's coordinates, [n, d]. Values are taken as they are, without dequantisation noise. */
export function tableToRows(opened: OpenedModel, table: Table, rowIndices: Int32Array): Float32Array {
  if (opened.encoding) return opened.encoding.encode(table, { rowIndices })
  const columns = opened.columns.map((name) => {
    const column = table.columns.find((candidate) => candidate.name === name)
    if (column?.kind === 'number') return column.values
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/missing-column',
      message: `${table.source} lacks the column of numbers '${name}'.`,
      where: table.source,
      hint: `The model was trained on: ${opened.columns.join(', ')}.`,
    })
  })
  const rows = new Float32Array(rowIndices.length * columns.length)
  rowIndices.forEach((row, i) => {
    columns.forEach((values, k) => {
      rows[i * columns.length + k] = values[row]!
    })
  })
  return rows
}
