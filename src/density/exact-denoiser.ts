import { ScorefieldError } from '../base/index.ts'
import { checkedPositive, type Density } from './density.ts'

/**
 * The best denoiser of a known density, E[x₀ | x₀ + σz = x] = x + σ² ∇ ln p_σ(x).  Tweedie's formula: Robbins
 * 1956, Efron 2011.
 * sigma σ > 0. The result maps x: [n, d] → [n, d]. Throws `density/not-noised` where the noised density has
 * no closed form.
 */
export function exactDenoiser(
  density: Density,
  options: { readonly sigma: number },
): (x: Float64Array) => Float64Array {
  const sigma = checkedPositive('sigma', options.sigma)
  if (!density.noised)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'density/not-noised',
      message: `'${density.name}' has no closed form under noise, so its denoiser is not known.`,
      hint: 'Take a density that has `noised`.',
    })
  const noised = density.noised({ alpha: 1, std: sigma })
  return (x) => noised.score(x).map((score, k) => x[k]! + sigma * sigma * score)
}
