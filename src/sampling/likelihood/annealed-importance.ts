import { type RandomStream, ScorefieldError } from '../../base/index.ts'
import { cholesky, logSumExp } from '../../density/index.ts'
import * as f from '../../engine/index.ts'
import { type Model, requireAbilities } from '../../family/index.ts'
import { checkedBatchSize, suggestedBatchSize } from '../batch-size.ts'
import { AnnealedWalk, streams, transitionSpec } from './annealed-walk.ts'
import { wrong } from './checked-points.ts'
import { type DataMoments, fullCovariance } from './prior.ts'

/** What `annealedLogPartition` measures, and by how much work. */
export interface AnnealedOptions {
  readonly model: Model
  readonly values: f.Named<ArrayLike<number>>
  /** Of the data, in the model's coordinates: chains start at N(mean, Cov). */
  readonly moments: DataMoments
  /** The level of a model of each noise level. */
  readonly sigma?: number | undefined
  /** Points drawn from the energy's own density, [chains, d], where there are any: chains then go the other way, from them to the Gaussian. */
  readonly exactSamples?: ArrayLike<number> | undefined
  /** M; 128 unless given. Those of exact samples are as many as there are. */
  readonly chains?: number | undefined
  /** T, densities on the way; 600 unless given. */
  readonly temperatures?: number | undefined
  /** L, leapfrog steps of a transition; 4 unless given. */
  readonly leapfrog?: number | undefined
  readonly seed?: number | undefined
  readonly runtime?: f.Runtime | undefined
  /** Stops the run before it begins and between two calls of the runtime, by throwing the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** The log-normaliser of an energy, with what is known of its error. */
export interface LogPartition {
  /** ln ∫ e^{−E(x)} dx, nats. */
  readonly logZ: number
  /** Of it, by the delta method over the chains' weights. */
  readonly standardError: number
  /** An interval of 95 %, by the quantiles of Student's t where weights are few. */
  readonly low: number
  readonly high: number
  /** How many of the M chains count: (Σw)²/Σw². Below some 20 the interval is not to be trusted. */
  readonly effectiveChains: number
  /** Mean probability with which a transition was accepted. */
  readonly acceptance: number
}

const usual = { chains: 128, temperatures: 600, leapfrog: 4 }
/** Acceptance that the pilot chains find their steps by: Beskos et al. 2013 have 0.65 for large d. */
const wantedAcceptance = 0.75
/** The pilot goes the way in so many times fewer temperatures, so that it costs little. */
const pilotStride = 4
/** Transitions of one call of the runtime, at most. */
const callSteps = 50

/**
 * Annealed importance sampling of an energy's log-normaliser: chains go from p₀ = N(mean, Cov), whose normaliser is 1, to e^{−E} over
 * f_β = p₀^{1−β} e^{−βE}, β = 0, 1/T, … 1, and gather ln w = Σ (β_{i+1} − β_i)(−E − ln p₀)(x_i).  E w = Z, so that
 * ln Z ≈ ln mean w, in expectation from below.  Neal 2001.
 *
 * Transitions are Hamiltonian paths of L leapfrog steps in coordinates where p₀ is N(0, I), accepted by the exact ratio, so that each
 * leaves its f_β as it is; their lengths were found by pilot chains, which are thrown away: chains that adapted themselves would be
 * biased. From exact samples of e^{−E} the chains go the other way, and ln Z ≈ −ln mean 1/w, in expectation from above.
 * Chain m depends on (seed, m) only, but for the pilots, which are the same for all.
 * @throws ScorefieldError `family/cannot`, `sampling/chains`, `sampling/no-normaliser` where weights are not finite; the signal's reason.
 */
export async function annealedLogPartition(options: AnnealedOptions): Promise<LogPartition> {
  const { moments, sigma, exactSamples, seed = 0, runtime, signal, onProgress } = options
  signal?.throwIfAborted()
  const model = requireAbilities(options.model, ['energy'], {
    family: 'of this model',
    asks: 'A log-normaliser',
  })
  const d = f.sizeOf(model.event)
  const chains = exactSamples ? exactSamples.length / d : (options.chains ?? usual.chains)
  const { temperatures = usual.temperatures, leapfrog = usual.leapfrog } = options
  for (const [name, value, least] of [
    ['chains', chains, 2],
    ['temperatures', temperatures, 2],
    ['leapfrog', leapfrog, 1],
  ] as const)
    if (!(Number.isInteger(value) && value >= least))
      throw wrong('chains', `${name} is ${value}.`, `Give a whole number, ${least} or more.`)
  if (Object.keys(model.conditions ?? {}).length > 0)
    throw new ScorefieldError({
      kind: 'ability',
      code: 'sampling/conditional-normaliser',
      message:
        'The energy is that of rows under conditions: its normaliser is another one for each condition.',
      hint: 'Compare energies under one condition, or learn a family that has a density.',
    })
  const base = whitened(moments)
  const spec = (rows: number): f.ProgramSpec => transitionSpec({ model, sigma, rows, leapfrog, ...base })
  const batchSize = checkedBatchSize(Math.min(suggestedBatchSize(spec), chains))
  const program = await f.compile(spec(batchSize), { runtime, loop: true })
  program.setShared(options.values)
  const backward = exactSamples !== undefined
  const betas = Float64Array.from({ length: temperatures + 1 }, (_, i) =>
    backward ? 1 - i / temperatures : i / temperatures,
  )
  const start = (stream: RandomStream, first: number): Float32Array => {
    if (exactSamples) return base.toUnit(exactSamples, first, batchSize)
    return stream.normal({ first, count: batchSize, width: d })
  }
  try {
    const walk = new AnnealedWalk({ program, batchSize, d, signal })
    // Pilots: lengths by the acceptance, at every fourth temperature.
    const pilot = streams(seed, 'pilot')
    const lengths = new Float64Array(temperatures)
    let length = 0.5 / d ** 0.25
    walk.begin(start(pilot.prior, 0))
    await walk.settle(pilot, 0)
    for (let i = 0; i < temperatures; i += pilotStride) {
      const beta = betas[Math.min(i + pilotStride, temperatures)]!
      const { acceptance } = await walk.go(pilot, [{ beta, length }], i + 1, 0)
      length *= Math.exp(0.5 * (meanOf(acceptance[0]!) - wantedAcceptance))
      lengths.fill(length, i, i + pilotStride)
    }
    const logWeights = new Float64Array(chains)
    let accepted = 0
    const own = streams(seed, 'chains')
    for (let first = 0; first < chains; first += batchSize) {
      const rows = Math.min(batchSize, chains - first)
      walk.begin(start(own.prior, first))
      await walk.settle(own, first)
      for (let i = 0; i < temperatures; i += callSteps) {
        const count = Math.min(callSteps, temperatures - i)
        const steps = Array.from({ length: count }, (_, k) => ({
          beta: betas[i + k + 1]!,
          length: lengths[i + k]!,
        }))
        const { difference, acceptance } = await walk.go(own, steps, i + 1, first)
        for (let k = 0; k < count; k++)
          for (let row = 0; row < rows; row++) {
            logWeights[first + row]! += (betas[i + k + 1]! - betas[i + k]!) * difference[k]![row]!
            accepted += acceptance[k]![row]! / (chains * temperatures)
          }
        onProgress?.(first * temperatures + rows * (i + count), chains * temperatures)
      }
    }
    return { ...logMean(logWeights, backward), acceptance: accepted }
  } finally {
    await program.dispose()
  }
}

/** The coordinates in which N(mean, Cov) is N(0, I): x = mean + L y. */
function whitened(moments: DataMoments): {
  readonly mean: readonly number[]
  /** L, [d, d]. */
  readonly lower: Float64Array
  /** ln det L. */
  readonly logDeterminant: number
  /** y of points first …, [count, d]; those beyond the last are the first again. */
  readonly toUnit: (x: ArrayLike<number>, first: number, count: number) => Float32Array
} {
  const { mean } = moments
  const d = mean.length
  const full = fullCovariance(moments)
  // Columns that determine one another have no density to start from: a little width does no harm.
  let trace = 0
  for (let k = 0; k < d; k++) trace += full[k * d + k]! / d
  for (let k = 0; k < d; k++) full[k * d + k]! += 1e-4 * trace || 1
  const { lower, logDeterminant } = cholesky(full, d)
  return {
    mean,
    lower,
    logDeterminant: logDeterminant / 2,
    toUnit: (x, first, count) => {
      const y = new Float32Array(count * d)
      const points = x.length / d
      for (let row = 0; row < count; row++)
        for (let i = 0; i < d; i++) {
          let sum = x[((first + row) % points) * d + i]! - mean[i]!
          for (let j = 0; j < i; j++) sum -= lower[i * d + j]! * y[row * d + j]!
          y[row * d + i] = sum / lower[i * d + i]!
        }
      return y
    },
  }
}

/** ln mean w with its error; of a walk backward ln Z = −ln mean w. */
function logMean(logWeights: Float64Array, backward: boolean): Omit<LogPartition, 'acceptance'> {
  if (!logWeights.every(Number.isFinite))
    throw wrong(
      'no-normaliser',
      'The weights of annealed importance sampling are not finite: the energy may have no integral, or the chains ran away.',
      'Take more temperatures; or the energy falls without limit somewhere, and has no density.',
    )
  const n = logWeights.length
  const total = logSumExp(logWeights)
  const shares = logWeights.map((value) => Math.exp(value - total))
  const squaresSum = shares.reduce((sum, share) => sum + share ** 2, 0)
  const variance = (n * squaresSum - 1) / (n - 1)
  const standardError = Math.sqrt(Math.max(0, variance))
  const logZ = (total - Math.log(n)) * (backward ? -1 : 1)
  const effective = 1 / squaresSum
  const reach = studentQuantile(Math.max(2, effective - 1)) * standardError
  return { logZ, standardError, low: logZ - reach, high: logZ + reach, effectiveChains: effective }
}

/** The 0.975 quantile of Student's t, by Cornish–Fisher's expansion. */
function studentQuantile(degrees: number): number {
  const z = 1.959964
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  )
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
