import { normalQuantile } from '../../base/index.ts'
import { type ChainDraws, splitInHalves, variances } from './draws.ts'

/**
 * R-hat, split and rank-normalised: how far chains are from telling the same.  Vehtari, Gelman, Simpson, Carpenter, Bürkner 2021.
 * √(var⁺/W) of the halves of all chains, on normal scores of their ranks: the larger of that of the draws, which sees chains in
 * different places, and that of their distances from the median, which sees chains of different spread.
 *
 * 1 for chains that have mixed; above 1.01 they have not, or are too short to tell: of halves with n/τ effective draws each it is
 * about √(1 + τ/n), so these must be 50. At least four draws a chain.
 */
export function rHat(chains: ChainDraws): number {
  const halves = splitInHalves(chains)
  const middle = medianOf(halves)
  const folded = halves.map((half) => half.map((value) => Math.abs(value - middle)))
  return Math.max(...[halves, folded].map((of) => plainRHat(normalScores(of))))
}

/** √(var⁺/W).  Gelman & Rubin 1992. */
export function plainRHat(chains: ChainDraws): number {
  const { within, total } = variances(chains)
  return Math.sqrt(total / within)
}

/** Φ⁻¹((r − ⅜)/(S + ¼)) in the place of each draw, r its rank among all S; draws that are equal share the mean of their ranks. */
export function normalScores(chains: ChainDraws): ChainDraws {
  const [length, total] = [chains[0]!.length, chains.length * chains[0]!.length]
  const values = Float64Array.from({ length: total }, (_, i) => chains[Math.floor(i / length)]![i % length]!)
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const scores = new Float64Array(total)
  for (let from = 0; from < total; ) {
    let to = from + 1
    while (to < total && values[order[to]!] === values[order[from]!]) to++
    const rank = (from + 1 + to) / 2
    const score = normalQuantile((rank - 3 / 8) / (total + 1 / 4))
    for (let i = from; i < to; i++) scores[order[i]!] = score
    from = to
  }
  return chains.map((_, m) => scores.subarray(m * length, (m + 1) * length))
}

function medianOf(chains: ChainDraws): number {
  const sorted = Float64Array.from(chains.flatMap((chain) => [...chain])).sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
