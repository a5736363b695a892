import { fixedRows, freshRows, type RowSource } from '../../data/rows.ts'
import type { Density } from '../../density/index.ts'
import { type Runtime, ScorefieldError } from '../../engine/index.ts'
import { preconditioned } from '../../family/index.ts'
import { type NetworkSize, residualMlp } from '../../nn/index.ts'
import { measureScale, type TrainingConfig, type TrainingEvent, train } from '../../training/index.ts'
import { defaultSize, defaultTraining } from '../config/defaults.ts'
import { FittedModel } from './fitted-model.ts'

/** Rows to learn from: a known density, which gives fresh ones for ever, or an array [n, d]. */
export type FitData = Density | { readonly rows: Float32Array; readonly dimension: number }

/** What differs from the defaults, which are chosen from the data. */
export interface FitOptions extends Partial<TrainingConfig> {
  readonly size?: NetworkSize
  readonly runtime?: Runtime
  readonly signal?: AbortSignal
  /** Hears every event of the training. */
  readonly onEvent?: (event: TrainingEvent) => void
}

/**
 * Trains a score network on rows of ℝᵈ as they are, and returns the model.
 *
 * ```ts
 * const model = await fit(toyByName('two-moons'), { steps: 2000 })
 * const rows = await model.sample({ count: 1000 })
 * ```
 * Columns of very different size should be brought to one scale first; tables are (`scorefield train`).
 */
export async function fit(data: FitData, options: FitOptions = {}): Promise<FittedModel> {
  const { size, runtime, signal, onEvent, ...overrides } = options
  const seed = options.seed ?? 0
  const { source, measured } = rowsOf(data, seed)
  const scale = measureScale(measured, source.dimension)
  if (!(scale.sigmaData > 0))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/constant',
      message: 'The rows to learn from are all alike.',
      hint: 'A score model needs data that vary.',
    })
  const facts = { dimension: source.dimension, rows: source.rowCount, heldOutRows: 0, scale, seed }
  const config: TrainingConfig = { ...defaultTraining(facts), ...overrides }
  const network = residualMlp
  const model = preconditioned({
    network,
    shape: source,
    size: { ...defaultSize(network, facts), ...size },
    sigmaData: config.sigmaData,
  })
  const run = train({
    model,
    config,
    data: source,
    ...(runtime ? { runtime } : {}),
    ...(signal ? { signal } : {}),
  })
  for await (const event of run) {
    onEvent?.(event)
    if (event.type === 'done')
      return new FittedModel({
        model,
        values: event.state.groups['ema']!,
        range: config,
        ...(runtime ? { runtime } : {}),
      })
  }
  throw new ScorefieldError({
    kind: 'internal',
    code: 'training/no-end',
    message: 'Training ended without a result.',
  })
}

function rowsOf(data: FitData, seed: number): { source: RowSource; measured: ArrayLike<number> } {
  const { dimension } = data
  if ('rows' in data) return { source: fixedRows({ ...data, seed }), measured: data.rows }
  const source = freshRows({ dimension, sample: (range) => data.sample({ seed, ...range }) })
  // The scale is measured on rows that training does not see: another seed's.
  return { source, measured: data.sample({ seed: seed + 1, first: 0, count: 5000 }) }
}
