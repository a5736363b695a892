import { ScorefieldError } from '../../base/index.ts'
import type { Density } from '../../density/index.ts'
import type { GivenNumbers } from '../data/given-numbers.ts'
import { prepareVectors, requireSameVectors } from '../data/vectors.ts'
import { checkedOptions, type FitOptions } from './fit-options.ts'
import { learned } from './learn.ts'
import { RowModel } from './row-model.ts'

/** What to learn: a known density, which gives fresh rows for ever, or rows of numbers in any usual form. */
export type FitData = Density | GivenNumbers

/**
 * Trains a model of rows of numbers, a denoiser unless told, and returns it.
 *
 * ```ts
 * const model = await fit([[1.2, 3], [0.9, 2.5], …])
 * const rows = await model.sample({ count: 1000 })
 * ```
 * Rows may be arrays of numbers, objects of numbers, or { rows: Float32Array, dimension }; { rows, shape: [1, 28, 28] } are grey pictures,
 * and other points of a shape likewise. Each column is brought to mean 0 and standard deviation 1 first, and back at the end, points of a
 * shape all numbers alike; the draws of a density are taken as they are. Of tables from 450 rows on a
 * few are held out, by which the best weights are chosen. Columns of words, dates or gaps are for `fitTable`.
 * @throws ScorefieldError `config/invalid` (all problems of the options at once), `data/rows`, `data/no-rows`, `data/not-finite`,
 * `data/constant`, `data/conditions`, `data/changed` where a training shall go on with other rows, `training/not-finite`; the
 * signal's reason.
 */
export async function fit(data: FitData, options: FitOptions = {}): Promise<RowModel> {
  const told = checkedOptions('fit', options)
  options.signal?.throwIfAborted()
  const { scale, conditions, from = options.resume } = options
  const like = from instanceof RowModel ? from.vectors : undefined
  if (from && !like)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'model/other-model',
      message: 'The model to start from is one of a table.',
      hint: 'Give it to fitTable.',
    })
  const seed = told.given.seed ?? options.resume?.config.seed ?? 0
  const { split } = told.given.data ?? {}
  const prepared = prepareVectors(data, {
    seed,
    source: told.given.name ?? 'the rows given',
    scale,
    conditions,
    ...(split ? { split } : {}),
    like,
  })
  if (options.resume) requireSameVectors(options.resume.description, prepared.description)
  const parts = await learned({ prepared, kind: 'vectors', name: 'rows', told, options })
  return new RowModel({ ...parts, vectors: prepared.description })
}
