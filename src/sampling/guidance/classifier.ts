import * as f from '../../engine/index.ts'
import { type DenoiserModel, type NoisyPoints, perPoint } from '../../family/index.ts'
import { excessWeight, type Guidance, requireGuidance } from './weighted.ts'

/**
 * Classifier guidance: D(x; σ) + w σ² ∇ₓ log p(y | x, σ), whose score is ∇ log p_σ(x) + w ∇ log p(y | x, σ).
 *
 * logProbability: log p(y | x, σ) of the wished class of rows x = x₀ + σ z, [B], traced: of a classifier that knows noisy rows. At w = 1
 * it is Bayes' rule, so the walk samples p(x | y); w above 1 sharpens; w = 0 is off. Dhariwal & Nichol 2021 (who call w the scale s).
 * Errors: `sampling/guidance`.
 */
export function classifierGuidance(
  model: DenoiserModel,
  { logProbability, ...guidance }: Guidance & { readonly logProbability: (at: NoisyPoints) => f.Tensor },
): DenoiserModel {
  requireGuidance(guidance)
  const added = { ...guidance, weight: guidance.weight + 1 }
  return {
    ...model,
    denoise: (parameters, at) => {
      const x = f.variable(at.x)
      const slope = f.grad(f.sum(logProbability({ ...at, x })), [x])[0]!
      const weight = f.mul(excessWeight(at.sigma, added), f.square(at.sigma))
      return f.add(model.denoise(parameters, at), f.mul(perPoint(weight, slope), slope))
    },
  }
}
