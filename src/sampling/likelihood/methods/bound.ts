import { asDenoiser, requireAbilities } from '../../../family/index.ts'
import { variationalBound } from '../variational-bound.ts'
import type { LikelihoodMethod } from './method.ts'

/** The bound of a denoiser's reverse diffusion: see `variationalBound`. */
export const diffusionBound: LikelihoodMethod = {
  name: 'bound',
  summary: 'lower bound by a denoiser’s reverse diffusion, of rows as they are, with its offset at σ_min',
  source: 'Kingma, Salimans, Poole, Ho 2021; Song, Durkan, Murray, Ermon 2021',
  kind: 'bound',
  fits: ({ can, levels }) => can.denoise !== undefined && levels === 'each',
  says: () => 'a lower bound of the reverse diffusion, of rows as they are',
  logDensity: ({ model, values, range, moments, runtime }, x, asked) => {
    const who = { family: 'of this model', asks: 'The bound of a reverse diffusion' }
    const fitted = { model: asDenoiser(requireAbilities(model, ['denoise'], who)), values }
    const { sigmaMin, sigmaMax } = range
    return variationalBound({ ...asked, fitted, x, sigmaMin, sigmaMax, moments, runtime })
  },
}
