import { ScorefieldError } from '../../base/index.ts'
import { knownWhereGiven } from '../../data/index.ts'
import type { DrawOptions, FittedModel } from './fitted-model.ts'

/** How rows are drawn of which parts are known. */
export interface GivenDrawOptions extends Omit<DrawOptions, 'conditions'> {
  /** The rows in the model's coordinates, [count, d], or one for all, [d]: what is known of each, and NaN for what is asked for. */
  readonly known: ArrayLike<number>
}

/** Whether a model was trained so that columns of a row can be given. */
export function takesKnown({ whole }: FittedModel): boolean {
  return whole.partlyKnown !== undefined
}

/**
 * The model as one that is told what is known of a row, by the conditions that `knownConditions` makes; to be disposed of after use.
 * Throws `family/cannot` where it was not trained so.
 */
export function toldModel(fitted: FittedModel): FittedModel {
  if (!takesKnown(fitted))
    throw new ScorefieldError({
      kind: 'ability',
      code: 'family/cannot',
      message: 'The model was not trained with columns that may be given.',
      hint: 'Train with --conditions all, or with the names of the columns.',
    })
  return fitted.as({ model: fitted.whole, isTold: true })
}

/** What a told model takes as conditions, of rows [n, d] with NaN for what is asked for. */
export function knownConditions(
  { whole }: FittedModel,
  known: ArrayLike<number>,
): Record<string, Float32Array> {
  return knownWhereGiven(known, whole.partlyKnown ?? [])
}

/**
 * New rows of which parts are known, [count, d]: draws of the model's own conditional distribution, one walk a row whatever is known,
 * any pattern beside any other. What is known comes back as it is. Row i is a function of (seed, i, what is known of it) only.
 *
 * A part is a column, or a choice before the number of a column (a gap, a mass); it is known where none of its numbers is NaN.
 * Throws `family/cannot` where the model was not trained so; `sampling/guidance`.
 */
export async function sampleGiven(
  fitted: FittedModel,
  { known, ...options }: GivenDrawOptions,
): Promise<Float32Array> {
  const told = toldModel(fitted)
  const rows = await told.sample({ ...options, conditions: knownConditions(fitted, known) })
  return rows.map((value, i) => {
    const given = known[i % known.length]!
    return Number.isNaN(given) ? value : given
  })
}
