import { byName, ScorefieldError } from '../../base/index.ts'
import type { Model } from '../../family/index.ts'
import { adaptiveSde, rk45 } from '../adaptive/index.ts'
import { annealedLangevin, hmc, langevin, mala } from '../chains/index.ts'
import { samplers } from '../samplers/index.ts'
import { consistencySteps } from './consistency.ts'
import { direct } from './direct.ts'
import type { SamplingMethod } from './method.ts'
import { walkBy } from './walk.ts'

export {
  type DrawRequest,
  drawAll,
  type MethodOptions,
  type PointSampler,
  type SamplingMethod,
  type TrainedModel,
} from './method.ts'

/** Every way to draw points. */
export const samplingMethods: readonly SamplingMethod[] = [
  ...samplers.map(walkBy),
  rk45,
  adaptiveSde,
  annealedLangevin,
  consistencySteps,
  direct,
  mala,
  hmc,
  langevin,
]

/** Whether a model can be sampled so. */
export function canBeSampledBy(
  { needs, levels }: SamplingMethod,
  model: Pick<Model, 'levels'> & { readonly can: Readonly<Record<string, unknown>> },
): boolean {
  return (levels === 'both' || levels === model.levels) && needs.every((ability) => model.can[ability])
}

/** The way that a model is sampled unless told: in one pass where it can be, else the first of the list. */
export function usualMethod(model: Parameters<typeof canBeSampledBy>[1]): SamplingMethod | undefined {
  const ways = samplingMethods.filter((method) => canBeSampledBy(method, model))
  return ways.find(({ name }) => name === direct.name) ?? ways[0]
}

/** The way of that name. Throws `usage/unknown-name`; `sampling/cannot` where the model cannot be sampled so. */
export function methodFor(name: string, model: Model, family: string): SamplingMethod {
  const method = byName(samplingMethods, name, 'sampler')
  if (canBeSampledBy(method, model)) return method
  const others = samplingMethods.filter((other) => canBeSampledBy(other, model)).map((other) => other.name)
  throw new ScorefieldError({
    kind: 'ability',
    code: 'sampling/cannot',
    message: `The family "${family}" cannot be sampled by "${name}".`,
    hint: others.length > 0 ? `It can be by: ${others.join(', ')}.` : 'It cannot be sampled at all.',
  })
}
