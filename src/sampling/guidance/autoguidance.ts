import * as f from '../../engine/index.ts'
import type { DenoiserModel, FittedDenoiser } from '../../family/index.ts'
import { extrapolated, type Guidance, requireGuidance } from './weighted.ts'

/**
 * Autoguidance: u + w (c − u), c the denoiser of a model, u that of a worse one of the same rows: fewer steps, smaller, or with less
 * data. Where both err alike, the good one errs less, so that their difference points to what it would learn next.
 * Karras et al. 2024 (_Guiding a diffusion model with a bad version of itself_).
 *
 * Both take rows of the same width; conditions go to both, as far as they take any. Errors: `sampling/guidance`.
 */
export function autoguidance(good: FittedDenoiser, bad: FittedDenoiser, guidance: Guidance): FittedDenoiser {
  requireGuidance(guidance)
  const worse = <T>(of: f.Named<T>): f.Named<T> =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [`worse/${name}`, value]))
  const own = Object.keys(bad.model.parameters)
  const model: DenoiserModel = {
    ...good.model,
    parameters: { ...good.model.parameters, ...worse(bad.model.parameters) },
    denoise: (parameters, at) => {
      const c = good.model.denoise(parameters, at)
      const its = Object.fromEntries(own.map((name) => [name, parameters[`worse/${name}`]!]))
      const conditions = bad.model.conditions ? at.conditions : undefined
      const u = bad.model.denoise(its, { ...at, conditions })
      return f.withLabel('autoguidance', () => extrapolated(c, u, at.sigma, guidance))
    },
  }
  return { model, values: { ...good.values, ...worse(bad.values) } }
}
