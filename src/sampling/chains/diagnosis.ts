import { ScorefieldError } from '../../base/index.ts'
import type { ChainRecord } from './chain-record.ts'
import { bulkEffectiveSize } from './effective-sample-size.ts'
import { rHat } from './r-hat.ts'

/** How far chains have mixed. */
export interface ChainDiagnosis {
  /** Chains looked at, and draws of each after its warm-up. */
  readonly chains: number
  readonly draws: number
  /** Share of proposals accepted after the warm-up, of chains that accept or refuse. */
  readonly acceptance?: number
  /** The largest R-hat of a coordinate, see `rHat`; absent where chains run under different conditions, so to different densities. */
  readonly rHat?: number
  /** The least bulk effective sample size of a coordinate, see `bulkEffectiveSize`; absent where R-hat is. */
  readonly effectiveSampleSize?: number
  /** What is wrong and what to change, in sentences; none where nothing is. */
  readonly warnings: readonly string[]
}

/** A diagnosis, as sampling tells it once, after the first batch. */
export interface ChainsEvent extends ChainDiagnosis {
  readonly type: 'chains'
}

/** Above it chains have not mixed, and below so many effective draws a half chain (eight at most) nothing can be said. Vehtari et al. 2021. */
const [largestRHat, drawsOfHalf, mostHalves] = [1.01, 50, 8]
/** Acceptances at which chains hardly move, and at which none does. */
const [hardly, never] = [0.1, 0.001]
/** Of fewer draws a chain nothing is said. */
const fewestDraws = 8

/**
 * The diagnosis of chains; `alike`: whether all run to one density.
 * Throws `sampling/diverged` where chains that accept or refuse took next to none of their proposals.
 */
export function diagnosis(
  record: ChainRecord,
  about: {
    readonly alike: boolean
    readonly name: string
    readonly accepts: boolean
    readonly whenItDiverges: string
    readonly steps: number
    readonly dimension: number
  },
): ChainDiagnosis {
  const { alike, accepts, dimension } = about
  const acceptance = accepts ? record.acceptances.reduce((a, b) => a + b) / record.count : undefined
  if (acceptance !== undefined && acceptance < never && record.draws >= fewestDraws)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'sampling/diverged',
      message: `The chains of "${about.name}" do not move: ${percent(acceptance)} of their proposals are accepted.`,
      hint: `${about.whenItDiverges} If that does not help, the energy is not finite where they start.`,
    })
  const mixing = alike && record.draws >= fewestDraws ? mixingOf(record, dimension) : undefined
  const found = {
    chains: record.count,
    draws: record.draws,
    ...(acceptance !== undefined && { acceptance }),
    ...mixing,
  }
  return { ...found, warnings: warningsOf(found, record.acceptances, about) }
}

/** Of coordinates that vary; absent where none does. */
function mixingOf(
  record: ChainRecord,
  dimension: number,
): Pick<ChainDiagnosis, 'rHat' | 'effectiveSampleSize'> | undefined {
  const coordinates = Array.from({ length: dimension }, (_, j) => record.coordinate(j))
  const varying = coordinates.filter((chains) =>
    chains.some((chain) => chain.some((value) => value !== chains[0]![0])),
  )
  if (varying.length === 0) return undefined
  return {
    rHat: Math.max(...varying.map(rHat)),
    effectiveSampleSize: Math.min(...varying.map(bulkEffectiveSize)),
  }
}

function warningsOf(
  found: Omit<ChainDiagnosis, 'warnings'>,
  acceptances: Float64Array,
  { steps, whenItDiverges }: { readonly steps: number; readonly whenItDiverges: string },
): string[] {
  const { chains, acceptance, rHat: agreement, effectiveSampleSize: size } = found
  const warnings: string[] = []
  const stuck = acceptances.filter((own) => own < hardly).length
  if (acceptance !== undefined && stuck > 0)
    warnings.push(
      `${stuck} of ${chains} chains hardly move: less than ${percent(hardly)} of their proposals are accepted. ${whenItDiverges}`,
    )
  const longer = `Take more steps (--steps ${4 * steps}); separated modes need a model of each noise level, such as the family denoiser.`
  const needed = drawsOfHalf * Math.min(mostHalves, 2 * chains)
  if (agreement !== undefined && agreement > largestRHat)
    warnings.push(
      `R-hat is ${agreement.toFixed(agreement < 1.1 ? 3 : 2)}, above ${largestRHat}: the chains have not mixed. ${longer}`,
    )
  else if (size !== undefined && size < needed)
    warnings.push(
      `The chains hold as much as ${Math.round(size)} independent draws; below ${needed} it cannot be told whether they have mixed. ${longer}`,
    )
  return warnings
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`
}
