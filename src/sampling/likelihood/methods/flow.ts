import { asDenoiser, requireAbilities } from '../../../family/index.ts'
import { logDensity } from '../log-density.ts'
import type { LikelihoodMethod } from './method.ts'

/** The probability flow of a denoiser: see `logDensity`. With many columns the trace is estimated from probes. */
export const flowLikelihood: LikelihoodMethod = {
  name: 'flow',
  summary: 'by the probability flow of a denoiser: the density of rows noised to σ_min',
  source: 'Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole 2021',
  kind: 'flow',
  fits: ({ can, levels }) => can.denoise !== undefined && levels === 'each',
  says: ({ sigmaMin }) => `at noise level ${sigmaMin.toPrecision(3)} of the model’s coordinates`,
  logDensity: ({ model, values, range, moments, runtime, tracePasses }, x, asked) => {
    const who = { family: 'of this model', asks: 'The probability flow' }
    const denoiser = asDenoiser(requireAbilities(model, ['denoise'], who))
    return logDensity({
      ...asked,
      ...{ fitted: { model: denoiser, values }, x: Float64Array.from(x), moments, runtime },
      ...{ sigmaMin: range.sigmaMin, sigmaMax: range.sigmaMax },
      trace:
        asked.trace ??
        (tracePasses === denoiser.dimension
          ? { kind: 'exact' }
          : { kind: 'probes', count: tracePasses, seed: asked.seed ?? 0 }),
    })
  },
}
