import { type ChainDraws, meanOf, splitInHalves, variances } from './draws.ts'
import { normalScores } from './r-hat.ts'

/**
 * How many independent draws say as much about the middle of the density as those of these chains: M n/τ̂.
 * Bulk effective sample size: `effectiveSize` of normal scores of the chains' halves.  Vehtari et al. 2021.
 */
export function bulkEffectiveSize(chains: ChainDraws): number {
  return effectiveSize(normalScores(splitInHalves(chains)))
}

/**
 * M n/τ̂ for the mean of M chains of n draws, τ̂ = −1 + 2 Σ_k P̂_k by Geyer's initial monotone sequence.
 * P̂_k = ρ̂_{2k} + ρ̂_{2k+1}, summed while it is positive, none above the one before;  ρ̂_t = 1 − (W − mean of the chains'
 * autocovariances at lag t)/var⁺.  Geyer 1992; Gelman et al. 2013, section 11.5; Vehtari et al. 2021.
 *
 * Chains that disagree have few: var⁺ counts how far their means are apart. At most M n log₁₀(M n), for chains that alternate.
 */
export function effectiveSize(chains: ChainDraws): number {
  const n = chains[0]!.length
  const draws = n * chains.length
  const { within, total } = variances(chains)
  if (!(total > 0)) return Number.NaN
  const means = chains.map(meanOf)
  // As W has the divisor n − 1, so has the autocovariance.
  const correlation = (lag: number): number => {
    const covariance = meanOf(chains.map((chain, m) => lagged(chain, means[m]!, lag)))
    return 1 - (within - (covariance * n) / (n - 1)) / total
  }
  let tau = -1
  let before = Number.POSITIVE_INFINITY
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = lag === 0 ? 1 + correlation(1) : correlation(lag) + correlation(lag + 1)
    if (!(pair > 0)) break
    before = Math.min(before, pair)
    tau += 2 * before
  }
  return draws / Math.max(tau, 1 / Math.log10(draws))
}

/** (1/n) Σ (x_i − x̄)(x_{i+lag} − x̄). */
function lagged(chain: Float64Array, mean: number, lag: number): number {
  let sum = 0
  for (let i = 0; i + lag < chain.length; i++) sum += (chain[i]! - mean) * (chain[i + lag]! - mean)
  return sum / chain.length
}
