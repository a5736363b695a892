import { ScorefieldError } from '../../base/index.ts'
import * as f from '../../engine/index.ts'
import {
  type At,
  type Model,
  partStates,
  requireAbilities,
  sigmaOf,
  withoutKnown,
} from '../../family/index.ts'
import { extrapolated, type Guidance, requireGuidance, type TracedGuidance } from './weighted.ts'

/**
 * Classifier-free guidance: u + w (c − u), c the denoiser under what is known, u the one of the same parts by themselves.
 *
 * Its score is ∇ log p_σ(x)^{1−w} p_σ(x | known)^w: above w = 1 rows are drawn towards what is typical of the condition, and vary less.
 * The densities of all levels are no noised versions of one density, so what comes out has no density in closed form, but for w = 1.
 * Ho & Salimans 2022; in an interval of noise levels only: Kynkäänniemi et al. 2024. Here w = 1 is off.
 *
 * model: of partly known rows (`Model.partlyKnown`), or of conditions of which it learned some examples with all of them 0, which
 * `zeroIsNone` says. Errors: `sampling/guidance`; `family/cannot` of any other model.
 */
export function classifierFree(
  model: Model<'denoise'>,
  guidance: Guidance,
  { zeroIsNone = false }: { readonly zeroIsNone?: boolean } = {},
): Model<'denoise'> {
  requireGuidance(guidance)
  requireAbilities(model, ['denoise'], { family: 'of this model', asks: 'Guidance' })
  if (zeroIsNone && model.conditions) return withoutConditions(model, guidance)
  const { partlyKnown: parts } = model
  if (!parts)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'family/cannot',
      message:
        'Guidance without a classifier needs a model that was trained with and without its conditions.',
      hint: 'Train with --conditions.',
    })
  const { denoise } = model.can
  if (guidance.weight === 1) return model
  return {
    ...model,
    can: {
      denoise: (values, at) => {
        const c = denoise(values, at)
        const states = partStates(at, parts)
        if (!states) return c
        const u = denoise(values, withoutKnown(at))
        const guided = extrapolated(c, u, sigmaOf(at), guidance)
        // What is known stays what it is.
        return f.add(f.mul(guided, states.noisy), f.mul(c, f.add(f.neg(states.noisy), 1)))
      },
    },
  }
}

function withoutConditions(model: Model<'denoise'>, guidance: Guidance): Model<'denoise'> {
  const { denoise } = model.can
  if (guidance.weight === 1) return model
  return {
    ...model,
    can: {
      denoise: (values, at) =>
        guidedByConditions((conditions) => denoise(values, { ...at, conditions } as At), {
          ...{ conditions: at.conditions!, sigma: sigmaOf(at) },
          ...guidance,
        }),
    },
  }
}

/** u + w (c − u) of a denoiser that learned some examples with all conditions 0, traced; each row may have a weight of its own, [B]. */
export function guidedByConditions(
  denoise: (conditions: f.Named<f.Tensor>) => f.Tensor,
  {
    conditions,
    sigma,
    ...guidance
  }: TracedGuidance & { readonly conditions: f.Named<f.Tensor>; readonly sigma: f.Tensor },
): f.Tensor {
  const c = denoise(conditions)
  const u = denoise(f.mapNamed(conditions, ({ shape }) => f.broadcastTo(f.constant(0), shape)))
  return extrapolated(c, u, sigma, guidance)
}
