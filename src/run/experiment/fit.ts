import { byName, ScorefieldError } from '../../base/index.ts'
import { fixedSource, freshSource, type Source } from '../../data/index.ts'
import type { Density } from '../../density/index.ts'
import type { Runtime } from '../../engine/index.ts'
import { families, type ModelSize } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import type { Moments } from '../../objective/index.ts'
import {
  batchSizeThatFits,
  measureMoments,
  measureScale,
  type TrainingConfig,
  type TrainingEvent,
  train,
} from '../../training/index.ts'
import { defaultSize, defaultTraining } from '../config/defaults.ts'
import { FittedModel } from './fitted-model.ts'

/** Rows to learn from: a known density, which gives fresh ones for ever, or an array [n, d]. */
export type FitData = Density | { readonly rows: Float32Array; readonly dimension: number }

/** What differs from the defaults, which are chosen from the data. */
export interface FitOptions extends Partial<TrainingConfig> {
  /** Name in `families`; the first unless given. */
  readonly family?: string
  /** What differs from the family's own sizes. */
  readonly size?: ModelSize
  readonly runtime?: Runtime | undefined
  readonly signal?: AbortSignal | undefined
  /** Hears every event of the training. */
  readonly onEvent?: (event: TrainingEvent) => void
}

/**
 * Trains a model of a family, a score network unless told, on rows of ℝᵈ as they are, and returns the model.
 *
 * ```ts
 * const model = await fit(toyByName('two-moons'), { steps: 2000 })
 * const rows = await model.sample({ count: 1000 })
 * ```
 * Columns of very different size should be brought to one scale first; tables are (`scorefield train`).
 */
export async function fit(data: FitData, options: FitOptions = {}): Promise<FittedModel> {
  const { family: familyName, size, runtime, signal, onEvent, ...overrides } = options
  const seed = options.seed ?? 0
  const { source, measured } = rowsOf(data, seed)
  const scale = measureScale(measured, data.dimension)
  if (!(scale.sigmaData > 0))
    throw new ScorefieldError({
      kind: 'data',
      code: 'data/constant',
      message: 'The rows to learn from are all alike.',
      hint: 'A score model needs data that vary.',
    })
  const family = byName(families, familyName ?? families[0]!.name, 'family')
  const { dimension } = data
  const facts = { family, dimension, rows: source.count, heldOutRows: 0, scale, seed }
  const asked: TrainingConfig = { ...defaultTraining(facts), ...overrides }
  const network = networks[0]!.name
  const model = family.build({
    event: [dimension],
    parts: [{ kind: 'numbers', width: dimension }],
    network,
    size: { ...defaultSize(family, facts, network), ...size },
    sigmaData: asked.sigmaData,
  })
  const isTold = overrides.batchSize !== undefined
  const task = { model, config: asked, family: family.name }
  const config = isTold ? asked : { ...asked, batchSize: batchSizeThatFits(task).batchSize }
  const moments = (): Moments => measureMoments(measured, dimension)
  const run = train({ model, family: family.name, config, data: source, moments, runtime, signal })
  for await (const event of run) {
    onEvent?.(event)
    if (event.type === 'done')
      return new FittedModel({
        model,
        family: family.name,
        values: event.state.best ?? event.state.groups['ema']!,
        range: config,
        runtime,
      })
  }
  throw new ScorefieldError({
    kind: 'internal',
    code: 'training/no-end',
    message: 'Training ended without a result.',
  })
}

function rowsOf(data: FitData, seed: number): { source: Source; measured: ArrayLike<number> } {
  const event = [data.dimension]
  if ('rows' in data)
    return { source: fixedSource({ example: { event }, points: data.rows, seed }), measured: data.rows }
  const source = freshSource({ event, sample: (range) => data.sample({ seed, ...range }) })
  // The scale is measured on rows that training does not see: another seed's.
  return { source, measured: data.sample({ seed: seed + 1, first: 0, count: 5000 }) }
}
