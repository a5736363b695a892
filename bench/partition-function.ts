import { annealedLogPartition } from '../src/sampling/index.ts'
import { type ExactComponent, exactEnergy, reflection } from '../src/sampling/testing/exact.ts'
import type { Bench } from './harness.ts'

const d = 50
/** Two Gaussians in fifty dimensions, their axes turned, variances from 0.05 to 2, three of the narrower deviations apart. */
const components: readonly ExactComponent[] = [-1, 1].map((side, k) => ({
  weight: k === 0 ? 0.35 : 0.65,
  mean: Array.from({ length: d }, (_, i) => side * 0.3 * Math.cos(i)),
  axes: reflection(Array.from({ length: d }, (_, i) => Math.sin(1 + i * (k + 1)))),
  variances: Array.from({ length: d }, (_, i) => 0.05 * 40 ** (((i * (k + 3)) % d) / (d - 1))),
}))
/** `exactEnergy` leaves (2π)^{d/2} out. */
const logZ = (d / 2) * Math.log(2 * Math.PI)
const seeds = 100

/** The normaliser of an energy of fifty columns, which is known, by annealed importance sampling. */
export const partitionFunction: Bench = {
  name: 'partition-function',
  summary:
    'ln Z of a known energy of 50 columns by annealed importance sampling: error, and coverage in 100 seeds',
  async *run() {
    const started = performance.now()
    let [covered, off, spread, effective, acceptance] = [0, 0, 0, 0, 0]
    let worst = 0
    for (let seed = 0; seed < seeds; seed++) {
      const found = await annealedLogPartition({
        ...{ model: exactEnergy(components), values: {}, seed, moments: momentsOf() },
      })
      const error = found.logZ - logZ
      if (found.low <= logZ && logZ <= found.high) covered++
      off += Math.abs(error) / seeds
      worst = Math.max(worst, Math.abs(error))
      spread += found.standardError / seeds
      effective += found.effectiveChains / seeds
      acceptance += found.acceptance / seeds
    }
    const seconds = (performance.now() - started) / 1000 / seeds
    const figure = { peers: {}, ratio: null }
    const note = `largest ${worst.toFixed(3)}; standard error ${spread.toFixed(3)}; ${effective.toFixed(0)} effective chains of 128; acceptance ${acceptance.toFixed(2)}; ${seconds.toFixed(1)} s a seed`
    yield {
      ...{ name: 'partition function: mean |ln Z − true|, 50 columns', unit: 'nats', ours: off, ...figure },
      ...{ target: { atMost: 0.1 }, met: off <= 0.1, note },
    }
    yield {
      ...{
        name: 'partition function: intervals of 95 % that hold ln Z',
        unit: 'of 100',
        ours: covered,
        ...figure,
      },
      ...{ target: { atLeast: 90 }, met: covered >= 90 },
    }
  },
}

/** Mean and covariance of the mixture. */
function momentsOf(): { mean: number[]; covariance: number[] } {
  const mean = Array.from({ length: d }, (_, i) =>
    components.reduce((sum, of) => sum + of.weight * of.mean[i]!, 0),
  )
  const covariance: number[] = []
  for (let i = 0; i < d; i++)
    for (let j = 0; j <= i; j++)
      covariance.push(
        components.reduce((sum, { weight, mean: centre, axes, variances }) => {
          let own = (centre[i]! - mean[i]!) * (centre[j]! - mean[j]!)
          for (let k = 0; k < d; k++) own += axes[i * d + k]! * variances[k]! * axes[j * d + k]!
          return sum + weight * own
        }, 0),
      )
  return { mean, covariance }
}
