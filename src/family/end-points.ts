import { ScorefieldError } from '../base/index.ts'
import { sizeOf } from '../engine/index.ts'
import { type Model, requireAbilities, withDerived } from './model.ts'

/**
 * A denoiser's network read as a consistency function: f(x, σ) is where the probability flow from x at level σ ends.
 *
 * EDM's preconditioning gives what the function must have, f(x, 0) = x, since c_skip(0) = 1 and c_out(0) = 0; and one that is trained
 * as a denoiser is a start for it. What such a network says is no posterior mean any more, so the model has no denoiser, and no score.
 * Song, Dhariwal, Chen, Sutskever 2023; Geng, Pokle, Luo, Lin, Kolter 2024.
 * Throws `family/cannot` of a model without a denoiser, `family/end-points` of one of words or of partly known rows.
 */
export function endPointsOf(model: Model): Model<'flowEnd'> {
  if (model.can.flowEnd) return model as Model<'flowEnd'>
  const who = { family: 'of this model', asks: 'A consistency function' }
  const { can, error: _, draws: __, ...rest } = requireAbilities(withDerived(model), ['denoise'], who)
  const numbers = model.numbers?.length ?? sizeOf(model.event)
  if (model.partlyKnown || model.error || numbers < sizeOf(model.event))
    throw new ScorefieldError({
      kind: 'ability',
      code: 'family/end-points',
      message: model.partlyKnown
        ? 'A consistency function of rows of which some columns are given cannot be learned.'
        : 'A consistency function of rows with words, or with values that have gaps, cannot be learned: what denoises words is a probability, and no point of a flow.',
      hint: 'Take pictures, or columns of numbers without gaps; for others sample by dpmpp-2m with few steps.',
    })
  return { ...rest, can: { flowEnd: can.denoise } }
}
