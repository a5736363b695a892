import { toyByName } from '../src/density/index.ts'
import { type Ability, families } from '../src/family/index.ts'
import { fit } from '../src/run/index.ts'
import type { Bench, BenchResult } from './harness.ts'

const [steps, mostSeconds] = [3000, 120]
/** Fresh rows whose log-density is asked: fewer where it is an integral along the probability flow. */
const [manyRows, fewRows] = [4000, 800]

/** With one of these there is a log-density, or a bound. */
const abilities: readonly Ability[] = ['logDensity', 'bound', 'denoise']

/** Why a family falls short, whatever the steps: measured with more of everything, too. */
const reasons: Readonly<Record<string, string>> = {
  nice: 'additive couplings change no volume: one bump of a normal becomes one bump of equal volume, not eight',
  'real-nvp':
    'affine couplings join the eight bumps by threads; sixteen couplings and 5,000 steps leave them thinner',
  'variational-autoencoder': 'a bound on the log-density, not the log-density',
}

/** What each family with a density, or a bound, makes of eight Gaussians. `--only FAMILY` for one. */
export const densities: Bench = {
  name: 'densities',
  summary: 'eight Gaussians by each family with a density, within 120 s',
  async *run({ only = '' }) {
    const dense = families.filter(({ can }) => abilities.some((ability) => can.includes(ability)))
    for (const { name } of dense) if (name.includes(only)) yield await eightGaussians(name)
  },
}

/** Mean log-density below the truth. */
async function eightGaussians(family: string): Promise<BenchResult> {
  const toy = toyByName('eight-gaussians')
  const started = performance.now()
  const most = AbortSignal.timeout(1000 * mostSeconds)
  let done = 0
  const model = await fit(toy, {
    ...{ family, steps, finish: most },
    onEvent: (event) => {
      if (event.type === 'done') done = event.step
    },
  })
  const seconds = (performance.now() - started) / 1000
  try {
    const count = model.fitted.likelihoodKind === 'flow' ? fewRows : manyRows
    const x = toy.sample({ seed: 78, first: 0, count })
    const { logDensity } = await model.logDensity(x)
    const truth = toy.logDensity(x)
    const ours = truth.reduce((sum, value, i) => sum + (value - logDensity[i]!) / count, 0)
    const met = ours <= 0.05
    return {
      ...{ name: `eight Gaussians by ${family}: mean log-density below the truth`, unit: 'nats', ours },
      ...{ peers: {}, ratio: null, target: { atMost: 0.05 }, met },
      note: [
        `${count} fresh draws, after ${done} steps in ${seconds.toFixed(0)} s`,
        ...(reasons[family] ? [reasons[family]] : []),
      ].join('; '),
    }
  } finally {
    await model.dispose()
  }
}
