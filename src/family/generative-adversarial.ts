import { byName } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { networks } from '../nn/index.ts'
import type { Family } from './family.ts'
import { fieldSize } from './field.ts'
import { linearPlus, twoNetworks } from './linear-plus.ts'
import type { Model } from './model.ts'
import { valuesUnder, withPrefixes } from './prefixes.ts'

/** What a generator and its critic are made of. */
export interface GenerativeAdversarialOptions {
  /** d, the width of a row. */
  readonly columns: number
  /** Numbers that a row is made of. */
  readonly latent: number
  /** Name in `networks`, and its size. */
  readonly network: string
  readonly size: Readonly<Record<string, number>>
  /** σ_d > 0. */
  readonly sigmaData: number
}

/**
 * A generator G(z), z ~ N(0, I), and a critic D(x) that tells made rows from real ones. Goodfellow et al. 2014.
 *
 * There is no density, nor a bound on one. The generator starts as a linear map, so that its first rows are spread as
 * widely as the data; the critic starts at 0. Parameters are named `generator/…` and `critic/…`: each has its player.
 */
export function generativeAdversarialModel(
  options: GenerativeAdversarialOptions,
): Model<'generate' | 'critic'> {
  const { columns, latent, sigmaData, size } = options
  const network = byName(networks, options.network, 'network')
  const generator = linearPlus({ network, size, inputs: latent, outputs: columns, gain: 1 })
  const critic = network.build({ dimension: columns, outputs: 1, noise: false }, size)
  return {
    event: [columns],
    levels: 'one',
    parameters: withPrefixes([
      ['generator/', generator.parameters],
      ['critic/', critic.parameters],
    ]),
    can: {
      generate: (values, draws) =>
        f.withLabel('generator', () =>
          f.mul(generator.apply(valuesUnder('generator/', values), draws['code']!), sigmaData),
        ),
      critic: (values, { x }) =>
        f.withLabel('critic', () => {
          const unit = f.mul(x, 1 / sigmaData)
          return f.reshape(critic.apply(valuesUnder('critic/', values), { x: unit }), [x.shape[0]!])
        }),
    },
    draws: { generate: { code: { of: 'normal', shape: [latent] } } },
  }
}

/** Generator and critic: made rows, and no density. Sizes: those of the networks, and `latent`, the random numbers of a row. */
export const generativeAdversarial: Family = {
  name: 'generative-adversarial',
  summary: 'a generator learns to make rows that a critic cannot tell from real ones',
  source: 'Goodfellow et al. 2014',
  can: ['generate', 'critic'],
  levels: 'one',
  objective: 'adversarial',
  defaultSize: (facts) => ({
    ...fieldSize(facts),
    ...twoNetworks,
    latent: Math.min(Math.max(facts.dimension, 2), 64),
  }),
  build: ({ event, sigmaData, network, size }) => {
    const { latent, ...others } = size
    return generativeAdversarialModel({
      columns: f.sizeOf(event),
      latent: latent!,
      network,
      size: others,
      sigmaData,
    })
  },
}
