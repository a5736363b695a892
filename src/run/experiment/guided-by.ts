import { ScorefieldError } from '../../base/index.ts'
import { type Named, sizeOf } from '../../engine/index.ts'
import { type DenoiserModel, jointOf, type Model } from '../../family/index.ts'
import { autoguidance, type Guidance } from '../../sampling/index.ts'
import type { FittedModel } from './fitted-model.ts'

/**
 * A model guided by a worse one of the same rows: autoguidance. Both in the same coordinates.
 *
 * Where both were trained with the same columns given, so is what comes of them; else it is of the joint distribution.
 * Throws `family/cannot` where one is no denoiser, `usage/guide-run` where their points differ, `sampling/guidance`.
 */
export function guidedBy(good: FittedModel, bad: FittedModel, guidance: Guidance): FittedModel {
  if (good.dimension !== bad.dimension)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/guide-run',
      message: `The run that guides has points of ${bad.dimension} numbers; this one has ${good.dimension}.`,
      hint: 'Take a run of the same data, with the same encoding: an earlier stop, a smaller network.',
    })
  const both = good.whole.partlyKnown !== undefined && bad.whole.partlyKnown !== undefined
  const [own, other] = [good, bad].map(({ whole }) => denoising(both ? whole : jointOf(whole)))
  // Asks both whether they are denoisers.
  const [goodValues, badValues] = [good.denoiser.values, bad.denoiser.values]
  const { model, values } = autoguidance(
    { model: own!, values: goodValues },
    { model: other!, values: badValues },
    guidance,
  )
  const whole: Model<'denoise'> = {
    ...(both ? good.whole : jointOf(good.whole)),
    // Nothing is trained here: where parameters start from does not matter.
    parameters: model.parameters as Model['parameters'],
    can: { denoise: (parameters, at) => model.denoise(parameters, { ...at, sigma: at.sigma! }) },
  }
  return good.as({ model: whole, values })
}

function denoising(model: Model): DenoiserModel {
  const conditions: Named<readonly number[]> | undefined = model.conditions
  return {
    dimension: sizeOf(model.event),
    conditions,
    parameters: model.parameters,
    denoise: (parameters, at) => model.can.denoise!(parameters, at),
  }
}
