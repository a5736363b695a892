/**
 * What chains went through: of each chain its draws one after the other, of one quantity.  [M][N], all of one length.
 */
export type ChainDraws = readonly Float64Array[]

/** Each chain as two, its first and its second half; the middle draw of an odd number is left out. */
export function splitInHalves(chains: ChainDraws): ChainDraws {
  return chains.flatMap((chain) => {
    const half = Math.floor(chain.length / 2)
    return [chain.subarray(0, half), chain.subarray(chain.length - half)]
  })
}

/** The variance within chains, W, and what it and the spread of their means say of the whole, var⁺ = ((n − 1)/n) W + B/n. */
export function variances(chains: ChainDraws): { readonly within: number; readonly total: number } {
  const n = chains[0]!.length
  const means = chains.map(meanOf)
  const within = meanOf(chains.map((chain, m) => squaresAbout(chain, means[m]!) / (n - 1)))
  const between = chains.length > 1 ? squaresAbout(means, meanOf(means)) / (chains.length - 1) : 0
  return { within, total: ((n - 1) / n) * within + between }
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

function squaresAbout(values: ArrayLike<number>, centre: number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2
  return sum
}
