import { byName, ScorefieldError } from '../../../base/index.ts'
import type { Model } from '../../../family/index.ts'
import { annealedLikelihood } from './annealed.ts'
import { diffusionBound } from './bound.ts'
import { exactLikelihood } from './exact.ts'
import { flowLikelihood } from './flow.ts'
import { importanceBound } from './importance.ts'
import type { LikelihoodKind, LikelihoodMethod } from './method.ts'

export type { LikelihoodAsked, LikelihoodKind, LikelihoodMethod, LikelihoodModel } from './method.ts'

/** Every way to a log-density, the best first. */
export const likelihoodMethods: readonly LikelihoodMethod[] = [
  exactLikelihood,
  flowLikelihood,
  importanceBound,
  diffusionBound,
  annealedLikelihood,
]

/** The way to a model's log-density unless told: the best that there is; undefined where there is none. */
export function usualLikelihood(model: Model): LikelihoodMethod | undefined {
  return likelihoodMethods.find(({ fits }) => fits(model))
}

/** What a model can say of log p(x) by itself: `none` where it would take the search for a normaliser, too. */
export function likelihoodKind(model: Model): LikelihoodKind {
  const kind = usualLikelihood(model)?.kind ?? 'none'
  return kind === 'annealed' ? 'none' : kind
}

/** The way of that name. Throws `usage/unknown-name`; `sampling/cannot` where the model has not what it takes. */
export function likelihoodFor(name: string, model: Model, family: string): LikelihoodMethod {
  const method = byName(likelihoodMethods, name, 'likelihood')
  if (method.fits(model)) return method
  const others = likelihoodMethods.filter(({ fits }) => fits(model)).map((other) => other.name)
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/cannot',
    message: `The log-density of the family "${family}" cannot be had by "${name}".`,
    hint: others.length > 0 ? `It can be by: ${others.join(', ')}.` : 'It has none.',
  })
}
